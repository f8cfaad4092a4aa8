import { sameKey } from '../../settings/setting.ts';
import type { SourceTree } from './settings.ts';

/** The text at a dotted path, whatever the spelling of the keys on the way; `undefined` where there is none. */
export function sourceAt(tree: SourceTree, path: string): string | undefined {
  const found = path.split('.').reduce(branch, tree);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function branch(tree: SourceTree, key: string): SourceTree {
  if (typeof tree !== 'object') return undefined;
  if (Object.hasOwn(tree, key)) return tree[key];
  return Object.entries(tree).find(([name]) => sameKey(name, key))?.[1];
}
