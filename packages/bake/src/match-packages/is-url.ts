/** Whether a package is told by its address. Such a one is installed from there, so that no artifact is looked for. */
export const isUrl = (text: string): boolean => /^(?:https?|ssh):\/\/[^\n\r\u0085\u2028\u2029]*$/.test(text);
