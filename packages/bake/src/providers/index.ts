import type { Provider } from '../provider.ts';
import { alicloud } from './alicloud/index.ts';
import { aws } from './aws/index.ts';
import { azure } from './azure/index.ts';
import { docker } from './docker/index.ts';
import { gce } from './gce/index.ts';
import { huaweicloud } from './huaweicloud/index.ts';
import { local } from './local/index.ts';
import { oracle } from './oracle/index.ts';
import { tencentcloud } from './tencentcloud/index.ts';

/** THE LIST: every cloud Bakehouse knows, in the order in which it is shown. */
export const providers: Readonly<Record<string, Provider>> = {
  alicloud,
  aws,
  azure,
  docker,
  gce,
  huaweicloud,
  oracle,
  tencentcloud,
  local,
};
