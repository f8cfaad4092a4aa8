/** Whether a path is among those that only callers of the classic bakery know. */
export const isClassic = (path: string): boolean =>
  /^\/(api|bakeOptions|status|health|installedPlugins)(\/|$)/.test(path);

/** The one GET that changes something. */
export const CANCEL_PATH = '/api/v1/:region/cancel/:id';
