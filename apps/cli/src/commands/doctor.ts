import { tmpdir } from 'node:os';
import { readStackConfig } from '../config.ts';
import { lookAtBakery } from '../doctor/bakery.ts';
import { lookAtRoom, lookAtTemp } from '../doctor/disk.ts';
import type { Finding } from '../doctor/finding.ts';
import { lookAtDocker, lookAtMmdebstrap, lookAtNode, lookAtPacker, lookAtRedis } from '../doctor/programs.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { giveUp, type Shell } from '../shell.ts';

const COLOUR_OF = { ok: 'green', note: 'yellow', missing: 'red' } as const;

/** Looks at all that a bakery on this machine needs, and says how to mend what is not there. */
export async function doctor(shell: Shell): Promise<ExitCode> {
  const { screen, environment, url } = shell;
  const config = readStackConfig({}, environment);
  if (!config.ok) return giveUp(shell, config.no);
  const { variables } = environment;
  const { HOST: host, PORT: port, BAKEHOUSE_IMAGES: images } = config.value;
  const findings = (
    await Promise.all([
      lookAtNode(process.versions.node),
      lookAtPacker(variables),
      lookAtRedis(variables),
      lookAtMmdebstrap(variables, process.getuid?.() === 0 ? 'root' : 'user'),
      lookAtRoom('images', images),
      lookAtRoom('temp room', tmpdir()),
      lookAtTemp(tmpdir(), variables),
      lookAtDocker(variables),
      lookAtBakery(url, { host, port }),
    ])
  ).flat();

  const isHealthy = findings.every(({ state }) => state !== 'missing');
  screen.emit({ healthy: isHealthy, findings });
  for (const finding of findings) show(shell, finding);
  screen.print(isHealthy ? 'all that is needed is here' : 'something that is needed is missing');
  return isHealthy ? EXIT.ok : EXIT.missing;
}

function show({ screen }: Shell, { name, state, found, mend }: Finding): void {
  screen.print(`${screen.paint(COLOUR_OF[state], state.padEnd(8))}${name.padEnd(12)}${found}`);
  if (mend !== undefined) screen.print(`${''.padEnd(20)}${mend}`);
}
