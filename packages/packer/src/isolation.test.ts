import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { allowedEnvironment } from './environment.ts';
import { whatIsLacking } from './lacking.ts';
import { runPacker } from './run.ts';
import { withStage } from './stage.ts';
import { aBundle, anOrder, aRecipe } from './testing/a-recipe.ts';
import { openKitchen, withTemplate } from './testing/kitchen.ts';
import { isSince, packersToTry } from './testing/packers.ts';
import { validate } from './validate.ts';

const NULL = { type: 'null', communicator: 'none' };

// `BAKEHOUSE_TEST_PACKERS=/a/packer:/b/packer` runs all of this on each.
describe.each(await packersToTry())('Packer $version', (packer) => {
  const bakeFiles = async (files: Record<string, unknown>, over: Parameters<typeof aRecipe>[0]) => {
    await using dirs = await openKitchen();
    const recipe = aRecipe(over);
    const told: string[] = [];
    const kitchen = {
      packer,
      environment: allowedEnvironment(env, []),
      secrets: [],
      signal: new AbortController().signal,
      tell: async (lines: readonly string[]) => void told.push(...lines),
    };
    const order = anOrder(dirs, { recipe, bundle: aBundle(files) });
    const run = await withStage(order, (stage) => runPacker(stage, recipe, kitchen));
    return { run, told: told.join('\n') };
  };

  test('a directory of HCL2 files is one template: a typed variable of ours wins over the files beside it', async () => {
    const { told, run } = await bakeFiles(
      {
        'web/a.pkr.hcl': `variable "count" { type = number }
variable "word" { default = "none" }
variable "far" { default = "default" }
source "null" "x" { communicator = "none" }`,
        'web/b.pkr.hcl': `build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["echo sum=\${var.count + 1} word=\${var.word} far=\${var.far}"] }
}`,
        'web/some.auto.pkrvars.hcl': 'word = "auto"\nfar = "auto"',
      },
      { template: 'web', variables: { count: 4, word: 'ours' }, places: {} },
    );
    expect(run).toMatchObject({ ended: 'exited', report: { exitCode: 0 } });
    expect(told).toContain('sum=5 word=ours far=auto');
  });

  test('a program that calls itself a plugin in the bundle, or beside the worker, is not run', async () => {
    const { told, run } = await bakeFiles(
      {
        'packer-plugin-evil': '#!/bin/sh\necho evil >&2\nexit 3',
        'template.json': { builders: [NULL], provisioners: [{ type: 'shell-local', inline: ['ls -A; echo listed'] }] },
      },
      { places: {} },
    );
    expect(run).toMatchObject({ ended: 'exited', report: { exitCode: 0 } });
    expect(told).toContain('listed');
    expect(told).not.toContain('evil');
  });

  test('nothing calls home: a proxy for everything hears not one request', async () => {
    const asked: string[] = [];
    const canary = createServer(({ url }, response) => {
      asked.push(String(url));
      response.end();
    });
    canary.on('connect', ({ url }, socket) => {
      asked.push(String(url));
      socket.end();
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const proxy = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
    try {
      const environment = allowedEnvironment(
        {
          ...env,
          ...{
            http_proxy: proxy,
            https_proxy: proxy,
            HTTP_PROXY: proxy,
            HTTPS_PROXY: proxy,
            NO_PROXY: '',
            no_proxy: '',
          },
          ...{ HCP_CLIENT_ID: 'x', HCP_CLIENT_SECRET: 'x', HCP_PACKER_BUCKET_NAME: 'x', CHECKPOINT_DISABLE: '' },
        },
        ['HCP_CLIENT_ID', 'HCP_CLIENT_SECRET', 'HCP_PACKER_BUCKET_NAME'],
      );
      const run = await withTemplate({ builders: [NULL] }, { kitchen: { packer, environment } }, runPacker);
      expect(run).toMatchObject({ ended: 'exited', report: { exitCode: 0, saidFinished: true } });
      expect(asked).toEqual([]);
    } finally {
      canary.closeAllConnections();
      canary.close();
    }
  });

  test('a plugin that a template requires and that is not there is named', async () => {
    const template = `packer {
  required_plugins {
    moon = { version = ">= 1.0.0", source = "github.com/example/moon" }
  }
}
source "null" "x" { communicator = "none" }
build { sources = ["source.null.x"] }`;
    const validation = await withTemplate(
      template,
      { recipe: { template: 'moon.pkr.hcl', places: {} }, kitchen: { packer } },
      validate,
    );
    if (validation.ended !== 'invalid') throw new Error(validation.ended);
    const lacking = isSince(packer, '1.7')
      ? 'the plugin github.com/example/moon >= 1.0.0'
      : 'Packer 1.7 or newer, for its block required_plugins';
    expect(whatIsLacking(validation.errors)).toBe(lacking);
  });
});
