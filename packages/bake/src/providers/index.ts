import type { Provider } from '../provider.ts';
import { aws } from './aws/index.ts';
import { docker } from './docker/index.ts';
import { local } from './local/index.ts';

/** THE LIST: every cloud Bakehouse knows, in the order in which it is shown. */
export const providers: Readonly<Record<string, Provider>> = { aws, docker, local };
