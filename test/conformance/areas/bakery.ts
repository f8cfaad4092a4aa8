import type { TemplateTree } from '../../../packages/bake/src/bundle.ts';
import { type Catalogue, openCatalogue } from '../../../packages/bake/src/catalogue.ts';
import { explainSettingsProblem } from '../../../packages/bake/src/settings/problem.ts';
import { readSettings, type Settings } from '../../../packages/bake/src/settings/read-settings.ts';

/** The settings of a vector, read as an operator's file is. */
export function openSettings(config: unknown): Settings {
  const settings = readSettings([{ name: 'config', text: JSON.stringify(config) }], {});
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  return settings.value;
}

/** A bakery with the settings of a vector. */
export const openBakery = (config: unknown): Catalogue => openCatalogue(openSettings(config));

/** Templates that are there by name: vectors ask which one is taken, not what is in it. */
export const templatesNamed = (names: readonly (string | undefined)[]): TemplateTree =>
  new Map(names.flatMap((path) => (path === undefined ? [] : [[path, { path, executable: false, content: 'e30=' }]])));
