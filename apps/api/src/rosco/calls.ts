import type { Api, Parts } from '../parts.ts';
import { bakeManifest } from './bake-manifest.ts';
import { cancelClassicBake } from './cancel-bake.ts';
import { answerClassicTrouble } from './classic-error.ts';
import { countInvocations } from './count-invocations.ts';
import { createClassicBake } from './create-bake.ts';
import { deleteClassicBake } from './delete-bake.ts';
import { takeDeleteRequests } from './delete-requests.ts';
import { lookUpBakes } from './look-up-bakes.ts';
import { LARGEST_STAGE } from './read-body.ts';
import { showOptions } from './show-options.ts';
import { showPlugins } from './show-plugins.ts';
import { showStatus } from './show-status.ts';
import { withoutRemoved } from './without-removed.ts';

/** The calls that pipelines have always made, in their words and with their errors. */
export function serveClassicCalls(api: Api, parts: Parts): void {
  api.setErrorHandler(answerClassicTrouble(parts.now));
  api.addHook('onRoute', (route) => {
    route.bodyLimit ??= LARGEST_STAGE;
  });

  countInvocations(api, parts);
  createClassicBake(api, parts);
  const unremoved = { ...parts, queue: withoutRemoved(parts.queue) };
  lookUpBakes(api, unremoved);
  cancelClassicBake(api, unremoved);
  deleteClassicBake(api, parts);
  takeDeleteRequests(api, parts);
  showOptions(api, parts);
  showStatus(api, parts);
  showPlugins(api);
  bakeManifest(api, parts);
}
