/** What an HTTP call is for, as the table at the end names it. */
export type CallName = 'options' | 'create' | 'status' | 'details' | 'delete';

export interface Call {
  name: CallName;
  method: 'GET' | 'POST';
  path: string;
  body?: Readonly<Record<string, unknown>> | undefined;
}
