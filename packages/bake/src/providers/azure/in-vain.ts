import { readOptions } from '../../options.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { AzureOptions } from './options.ts';

/** A source image, which changes nothing here, or nothing to start from, which Packer finds out late. */
export function inVainOnAzure(request: BakeRequest): Refusal | undefined {
  if (request.sourceImage !== undefined) return SOURCE_IMAGE;
  return startsFromSomething(request) ? undefined : NOTHING;
}

/** A template or a var file of the caller's choice may know what we do not. */
function startsFromSomething(request: BakeRequest): boolean {
  const options = readOptions(AzureOptions, request);
  const { publisher, customManagedImage } = options.ok ? options.value : {};
  const said = [request.base, publisher, customManagedImage, request.template, request.varFile];
  return said.some((word) => word !== undefined) || Boolean(request.variables?.['azure_image_publisher']);
}

const SOURCE_IMAGE: Refusal = {
  code: 'malformed-request',
  issues: [
    {
      path: 'sourceImage',
      message:
        'is not looked at by azure; name an image of the marketplace by options.publisher, options.offer and options.sku, a managed image by options.customManagedImage, or another base',
    },
  ],
};

const NOTHING: Refusal = {
  code: 'no-source-image',
  provider: 'azure',
  base: undefined,
  because:
    'the request names none; name a base, an image of the marketplace by options.publisher, options.offer and options.sku, or a managed image by options.customManagedImage',
};
