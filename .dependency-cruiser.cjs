// The floors of the house (CONTRIBUTING.md, "Floors") as rules a machine holds.
const owned = (library, ...rooms) => ({
  name: `only-${rooms.join('-and-').replaceAll('/', '-')}-knows-${library.replaceAll('/', '-')}`,
  severity: 'error',
  from: { path: '^(apps|packages)/', pathNot: rooms.map((room) => `^${room}/`) },
  to: { path: `node_modules/${library}/` },
});

module.exports = {
  forbidden: [
    // apps -> {packer, queue} -> bake. Nothing looks up, the two middle rooms do not see each other.
    {
      name: 'bake-is-the-ground',
      severity: 'error',
      from: { path: '^packages/bake/' },
      to: { path: '^(apps|packages/(packer|queue))/' },
    },
    {
      name: 'packer-and-queue-are-strangers',
      severity: 'error',
      from: { path: '^packages/(packer|queue)/' },
      to: { path: '^(apps|packages/(packer|queue))/', pathNot: '^packages/$1/' },
    },
    {
      name: 'apps-are-strangers',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'producers-never-run-packer',
      severity: 'error',
      from: { path: '^apps/(api|cli)/' },
      to: { path: '^packages/packer/' },
    },
    {
      name: 'the-cli-speaks-http',
      severity: 'error',
      from: { path: '^apps/cli/' },
      to: { path: '^packages/queue/' },
    },
    {
      name: 'front-doors-only',
      severity: 'error',
      from: { path: '^(apps|packages)/([^/]+)/' },
      to: { path: '^packages/[^/]+/src/', pathNot: ['^$1/$2/', '/src/index\\.ts$'] },
    },

    // Inside bake: words <- provider <- providers/* <- the list <- catalogue, plan, read-artifacts.
    {
      name: 'clouds-are-strangers',
      severity: 'error',
      from: { path: '^packages/bake/src/providers/([^/]+)/' },
      to: { path: '^packages/bake/src/providers/', pathNot: '^packages/bake/src/providers/$1/' },
    },
    {
      name: 'words-do-not-know-clouds',
      severity: 'error',
      from: {
        path: '^packages/bake/src/[^/]+\\.ts$',
        pathNot: '/(catalogue|plan|read-artifacts|index|[^/]+\\.test)\\.ts$',
      },
      to: { path: '^packages/bake/src/providers/' },
    },
    {
      name: 'bake-does-nothing',
      comment: 'The pure room: no clock, no disk, no net, no process.',
      severity: 'error',
      from: { path: '^packages/bake/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto)$' },
    },

    // Each library has one owner.
    owned('bullmq', 'packages/queue'),
    owned('ioredis', 'packages/queue'),
    owned('execa', 'packages/packer'),
    owned('yaml', 'packages/bake'),
    owned('fastify', 'apps/api'),
    owned('@bull-board', 'apps/api'),
    owned('commander', 'apps/cli'),
    {
      name: 'packages-do-not-log',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: 'node_modules/pino/' },
    },

    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '(^|/)[^/]*\\.config\\.', '/(main|index)\\.ts$'] },
      to: {},
    },
    {
      name: 'nothing-undeclared',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'tests-are-leaves', severity: 'error', from: { pathNot: '\\.test\\.ts$' }, to: { path: '\\.test\\.ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
