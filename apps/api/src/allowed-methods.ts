import type { Api } from './parts.ts';

/** The routes of a server, for answers to what is none of them. */
export interface KnownRoutes {
  /** Which methods a path takes, sorted; empty for a path that nobody serves. */
  methodsOf: (path: string) => readonly string[];
  /** Whether some route begins with the same word as a path. */
  haveNeighbourOf: (path: string) => boolean;
}

/** Learns every route that is registered after this call. */
export function watchRoutes(api: Api): KnownRoutes {
  const routes: { pattern: RegExp; methods: readonly string[]; first: string }[] = [];
  api.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat(), first: firstWordOf(url) });
  });
  return {
    methodsOf: (path) => {
      const matching = routes.filter(({ pattern }) => pattern.test(path));
      return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
    },
    haveNeighbourOf: (path) => routes.some(({ first }) => first !== '' && first === firstWordOf(path)),
  };
}

const firstWordOf = (url: string): string => url.split('/')[1] ?? '';

const patternOf = (url: string): RegExp => {
  const parts = url.split('/').filter((part) => part !== '');
  const patterns = parts.map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^/${patterns.join('/')}/?$`);
};
