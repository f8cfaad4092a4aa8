// `node tools/build.mjs`: one file per app into dist/, with the templates and settings they ship. Libraries stay in node_modules: some of them
// (the API's documentation, the dashboard) serve files of their own.
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './root.mjs';

const DIST = path.join(ROOT, 'dist');
const APPS = ['api', 'worker', 'cli'];

/** Everything that is not a path and not ours. */
const libraries = {
  name: 'libraries',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path: name }) =>
      name.startsWith('@bakehouse/') ? undefined : { path: name, external: true },
    ),
};

await rm(DIST, { recursive: true, force: true });
for (const app of APPS) {
  await build({
    entryPoints: [path.join(ROOT, `apps/${app}/src/main.ts`)],
    outfile: path.join(DIST, `${app}.mjs`),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    plugins: [libraries],
    // Sources find what ships with them three floors up, where dist/ has it beside the bundles.
    define: { 'import.meta.dirname': 'sourceDirectory' },
    banner: { js: `const sourceDirectory = import.meta.dirname + '/apps/${app}/src';` },
  });
}
for (const shipped of ['packer', 'settings'])
  await cp(path.join(ROOT, shipped), path.join(DIST, shipped), { recursive: true });
console.log(`dist/: ${APPS.map((app) => `${app}.mjs`).join(', ')}, packer/, settings/`);
