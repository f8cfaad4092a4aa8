import { z } from 'zod';

/** What Orca reads of a bakery's answers: members it does not know are nothing to it, words it does not know are an error. */
export const BakeStatus = z.object({
  id: z.string().nullish(),
  state: z.enum(['PENDING', 'RUNNING', 'COMPLETED', 'SUSPENDED', 'CANCELED', 'CANCELLED']).nullish(),
  result: z.enum(['SUCCESS', 'FAILURE']).nullish(),
  resource_id: z.string().nullish(),
});
export type BakeStatus = z.infer<typeof BakeStatus>;

export const BakeDetails = z.object({
  ami: z.string().nullish(),
  image_name: z.string().nullish(),
  ami_name: z.string().nullish(),
  artifact: z.looseObject({ reference: z.string().nullish(), location: z.string().nullish() }).nullish(),
  base_ami: z.string().nullish(),
});
export type BakeDetails = z.infer<typeof BakeDetails>;

export const BaseImage = z.object({ packageType: z.enum(['RPM', 'DEB', 'NUPKG']) });

/** An error's text, where it is: the look-up's list before the usual message. Other types than text break the reader. */
export function messageOf(body: string): string | undefined {
  const read = ErrorBody.safeParse(parsed(body));
  return read.success ? (read.data.messages?.[0] ?? read.data.message ?? read.data.error ?? undefined) : undefined;
}

const ErrorBody = z.object({
  messages: z.array(z.string()).nullish(),
  message: z.string().nullish(),
  error: z.string().nullish(),
});

/** `undefined` for what is no JSON. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
