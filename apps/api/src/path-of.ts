/** The path of a request as it was sent, without its query. */
export const pathOf = ({ url }: { url: string }): string => url.split('?', 1)[0] ?? url;
