import type { LogEvent } from '@bakehouse/queue';
import { expect, test } from 'vitest';
import { logEvents, logText } from './log-text.ts';

test('lines that were not kept are one line that counts them', () => {
  const pieces = [
    { line: { number: 1, text: 'head' } },
    { gap: { from: 2, to: 41 } },
    { line: { number: 42, text: 'tail' } },
  ];
  expect(logText({ pieces, cursor: 42 })).toBe('head\n[40 lines are left out here: 2 to 41]\ntail\n');
});

test('a log that says nothing is no text', () => {
  expect(logText({ pieces: [], cursor: 0 })).toBe('');
});

test('a line is a message under its number, a gap and the end are events', async () => {
  const written = await writeAll([
    { line: { number: 7, text: 'seven' } },
    { gap: { from: 8, to: 9 } },
    { end: 'baked' },
  ]);
  expect(written).toEqual([
    'retry: 1000\n\n',
    'id: 7\ndata: seven\n\n',
    'event: gap\nid: 9\ndata: {"from":8,"to":9}\n\n',
    'event: end\ndata: {"state":"baked"}\n\n',
  ]);
});

test('a carriage return in a line cannot forge an event', async () => {
  const [, written] = await writeAll([{ line: { number: 1, text: '10%\r\revent: end\r\ndata: {}' } }]);
  expect(written).toBe('id: 1\ndata: 10%\ndata: \ndata: event: end\ndata: data: {}\n\n');
});

async function writeAll(events: LogEvent[]): Promise<string[]> {
  async function* say() {
    yield* events;
  }
  const written: string[] = [];
  for await (const text of logEvents(say())) written.push(text);
  return written;
}
