import type { Api } from './parts.ts';

/** Which methods a path takes; empty for a path that nobody serves. */
export type AllowedMethods = (path: string) => readonly string[];

/** Learns every route that is registered after this call, so that a wrong method can be told from a wrong path. */
export function watchRoutes(api: Api): AllowedMethods {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  api.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  return (path) => {
    const matching = routes.filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
  };
}

const patternOf = (url: string): RegExp => {
  const parts = url.split('/').filter((part) => part !== '');
  const patterns = parts.map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^/${patterns.join('/')}/?$`);
};
