import { env } from 'node:process';
import { readArtifacts } from '@bakehouse/bake';
import { describe, expect, test } from 'vitest';
import { allowedEnvironment } from './environment.ts';
import { runPacker } from './run.ts';
import { FAKE_PACKER } from './testing/a-recipe.ts';
import { withTemplate } from './testing/kitchen.ts';
import { findPacker } from './toolchain.ts';
import { validate } from './validate.ts';

/** Each one speaks otherwise than the one before it in something that a runner hears; the fake plays them. */
const VERSIONS = ['1.6.6', '1.7.10', '1.8.7', '1.13.1', '1.16.0'];

const BUILD = { type: 'file', name: 'one' };

describe.each(VERSIONS)('Packer as %s speaks', (version) => {
  const environment = { ...allowedEnvironment(env, []), FAKE_PACKER_VERSION: version };
  const played = async (steps: readonly object[], secrets: Record<string, string> = {}) =>
    withTemplate(
      { builders: [], steps },
      {
        recipe: { secrets: Object.fromEntries(Object.keys(secrets).map((name) => [name, name])) },
        secrets,
        kitchen: { environment },
      },
      async (stage, recipe, kitchen) => {
        const run = await runPacker(stage, recipe, kitchen);
        if (run.ended !== 'exited') throw new Error(`it ${run.ended}`);
        return { ...run, outcome: readArtifacts(run.report, recipe), told: kitchen.told.join('\n') };
      },
    );
  const artifact = {
    build: BUILD,
    builderId: 'packer.file',
    id: 'File', // biome-ignore lint/suspicious/noTemplateCurlyInString: the fake fills it in.
    files: ['${output_dir}/hello-1.img'],
  };
  const said = [{ error: '==> one: cloning into' }, { say: '==> one: built' }, { finished: true }];

  test('an artifact is found whatever its build is called, and stderr is no failure', async () => {
    const { outcome } = await played([...said, { artifact }]);
    expect(outcome).toMatchObject({ ok: true, value: [{ reference: expect.stringMatching(/hello-1\.img$/) }] });
  });

  test('what a script says is told once, with its build', async () => {
    const { told } = await played([{ chat: 'commas, too', build: BUILD }, ...said]);
    expect(told.match(/one: commas, too$/gm)).toHaveLength(1);
  });

  test('a secret is masked, every line of it, whether or not Packer masks it too', async () => {
    const key = 'first-line-of-it\nsecond-line-of-it';
    const { told, report } = await played(
      [{ chat: 'is first-line-of-it', build: BUILD }, { chat: 'and second-line-of-it', build: BUILD }, ...said],
      { key },
    );
    expect(told + JSON.stringify(report)).not.toMatch(/(first|second)-line-of-it/);
  });

  test('an exit of 0 without "Builds finished" is a lost process, not a good bake', async () => {
    const { outcome } = await played([{ chat: 'half', build: BUILD }, { exit: 0 }]);
    expect(outcome).toMatchObject({ ok: false, no: { class: 'host' } });
  });

  test('an exit of 0 with nothing built is no image', async () => {
    const { outcome } = await played([{ finished: true }]);
    expect(outcome).toMatchObject({ ok: false, no: { class: 'no-image' } });
  });

  test('one bad build among good ones fails the bake, and names the build', async () => {
    const { outcome } = await played([
      { fail: { build: 'two', message: 'no such thing' } },
      ...said,
      { artifact },
      { exit: 1 },
    ]);
    expect(outcome).toMatchObject({
      ok: false,
      no: { evidence: expect.arrayContaining([expect.stringContaining('no such thing')]) },
    });
  });

  test('a template is found valid, or the errors come back', async () => {
    const validated = (errors: string[]) =>
      withTemplate({ builders: [], validate: { errors } }, { kitchen: { environment } }, validate);
    expect(await validated([])).toEqual({ ended: 'valid' });
    expect(await validated(['Error: it is wrong'])).toEqual({ ended: 'invalid', errors: ['Error: it is wrong'] });
  });

  test('the version is known', async () => {
    expect(await findPacker(FAKE_PACKER, environment)).toMatchObject({ ok: true, value: { version } });
  });
});
