import { no, type Result, yes } from '@bakehouse/bake';
import { z } from 'zod';
import type { Docker } from '../docker.ts';
import type { Connected } from '../shell.ts';
import type { Trouble } from '../trouble.ts';

/** What a demo asks for. */
export interface DemoRequest {
  provider: string;
  region: string;
  base: string;
  packages: string[];
  template?: string;
  sourceImage?: string;
  variables?: Record<string, string>;
}

const Planned = z.object({
  recipe: z.object({
    template: z.string(),
    sourceImage: z.string().nullable(),
    variables: z.record(z.string(), z.unknown()),
  }),
});

/** The request in a form that this daemon can bake, whatever it lacks: a registry, the base image, a network of its own. */
export async function fitDocker(
  { bakery, screen, signal }: Connected,
  request: DemoRequest,
  docker: Docker,
): Promise<Result<DemoRequest, Trouble>> {
  const planned = await bakery.plan(request);
  if (!planned.ok) return planned;
  const shape = Planned.safeParse(planned.value);
  if (!shape.success) return no({ kind: 'foreign', url: bakery.url, why: z.prettifyError(shape.error) });
  const { template, sourceImage, variables } = shape.data.recipe;

  const fitting: DemoRequest = { ...request, variables: { docker_pull: 'false' } };
  if (template === 'docker.json' && !variables['docker_target_repository']) {
    screen.print(
      'no registry is configured (docker.bakeryDefaults.targetRepository): the image is tagged and not pushed',
    );
    fitting.template = 'docker-local.json';
  }
  if (!(await docker.has('network', 'bridge'))) {
    screen.print(`the daemon at ${docker.host} has no bridge: the container uses the network of its machine`);
    fitting.variables = { ...fitting.variables, docker_network: 'host' };
  }
  if (sourceImage !== null && (await docker.has('image', sourceImage))) return yes(fitting);
  const own = await ownBaseImage({ screen, signal }, { base: request.base, lacking: sourceImage }, docker);
  return own.ok ? yes({ ...fitting, sourceImage: own.value }) : own;
}

async function ownBaseImage(
  { screen, signal }: Pick<Connected, 'screen' | 'signal'>,
  { base, lacking }: { base: string; lacking: string | null },
  docker: Docker,
): Promise<Result<string, Trouble>> {
  const own = `bakehouse-demo:${base}`;
  if (await docker.has('image', own)) {
    screen.print(`the daemon has no ${lacking}; using ${own}, which an earlier demo made`);
    return yes(own);
  }
  screen.print(`the daemon has no ${lacking}; making ${own} with mmdebstrap, which takes a minute …`);
  const made = await docker.importDebian(base, own, signal);
  return made.ok ? yes(own) : made;
}
