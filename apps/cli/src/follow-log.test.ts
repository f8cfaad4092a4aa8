import { afterEach, expect, test } from 'vitest';
import { openBakery } from './bakery.ts';
import { followLog, type LogNews } from './follow-log.ts';
import { beginLog, type FakeApi, sendJson, sseEnd, sseLine, startFakeApi } from './testing/fake-api.ts';

let api: FakeApi | undefined;
afterEach(() => api?.close().catch(() => {}));

const never = new AbortController().signal;
const QUICK = [10, 20, 50, 100, 200, 400];

async function follow(url: string, onNews: (news: LogNews) => unknown = () => {}): Promise<LogNews[]> {
  const all: LogNews[] = [];
  const bakery = openBakery(url, never);
  for await (const news of followLog(bakery, 'bake-1', { after: 0, signal: never, patienceMs: QUICK })) {
    all.push(news);
    await onNews(news);
  }
  return all;
}

const numbers = (all: LogNews[]) => all.flatMap((news) => ('line' in news ? [news.line.number] : []));

test('a log that breaks in the middle of an event goes on behind the last whole line, with no line twice or lost', async () => {
  api = await startFakeApi(({ headers }, response) => {
    beginLog(response);
    if (headers['last-event-id'] === undefined) {
      response.write(`${sseLine(1)}${sseLine(2)}id: 3\nda`, () => response.destroy());
    } else {
      // A server that repeats a line is put up with.
      response.end(`${sseLine(2)}${sseLine(3)}${sseLine(4)}${sseEnd('baked')}`);
    }
  });

  const all = await follow(api.url);

  expect(numbers(all)).toEqual([1, 2, 3, 4]);
  expect(all.at(-1)).toEqual({ end: 'baked' });
  expect(all.filter((news) => 'lost' in news)).toHaveLength(1);
  expect(api.heard.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '2']);
});

test('an api that is away for a while is waited for', async () => {
  let served = 0;
  api = await startFakeApi((_, response) => {
    beginLog(response);
    served += 1;
    if (served === 1) response.write(sseLine(1));
    else response.end(sseLine(2) + sseEnd('failed'));
  });
  const { goAway, comeBack } = api;

  const all = await follow(api.url, async (news) => {
    if (!('line' in news && news.line.number === 1)) return;
    await goAway();
    setTimeout(comeBack, 60);
  });

  expect(numbers(all)).toEqual([1, 2]);
  expect(all.at(-1)).toEqual({ end: 'failed' });
});

test('an api that says 503 for a while is waited for', async () => {
  let served = 0;
  api = await startFakeApi((_, response) => {
    served += 1;
    if (served < 3) return sendJson(response, 503, { error: 'redis-away', message: 'Redis is away', issues: [] });
    beginLog(response);
    response.end(sseEnd('cancelled'));
  });

  expect((await follow(api.url)).at(-1)).toEqual({ end: 'cancelled' });
});

test('an api that stays away is given up on, and named', async () => {
  api = await startFakeApi((_, response) => response.destroy());
  const all = await follow(api.url);
  expect(all.at(-1)).toMatchObject({ trouble: { kind: 'away', url: api.url } });
  expect(api.heard).toHaveLength(QUICK.length + 1);
});

test('an api that opens the log and closes it at once, again and again, is given up on too', async () => {
  api = await startFakeApi((_, response) => {
    beginLog(response);
    response.end();
  });
  expect((await follow(api.url)).at(-1)).toMatchObject({ trouble: { kind: 'away' } });
});

test('an unknown bake is not asked for twice', async () => {
  api = await startFakeApi((_, response) =>
    sendJson(response, 404, { error: 'unknown-bake', message: 'no', issues: [] }),
  );
  expect(await follow(api.url)).toEqual([{ trouble: { kind: 'unknown-bake', id: 'bake-1', url: api.url } }]);
  expect(api.heard).toHaveLength(1);
});

test('a gap moves the place to go on from behind it', async () => {
  api = await startFakeApi(({ headers }, response) => {
    beginLog(response);
    if (headers['last-event-id'] === undefined) {
      response.write(`${sseLine(1)}event: gap\nid: 90\ndata: {"from":2,"to":90}\n\n`, () => response.destroy());
    } else {
      response.end(sseLine(91) + sseEnd('baked'));
    }
  });

  const all = await follow(api.url);

  expect(all).toContainEqual({ gap: { from: 2, to: 90 } });
  expect(api.heard[1]?.headers['last-event-id']).toBe('90');
  expect(numbers(all)).toEqual([1, 91]);
});

test('a line of several parts and characters cut by the net arrive whole', async () => {
  const bytes = Buffer.from(`id: 1\ndata: Größe\ndata: über\n\n${sseEnd('baked')}`);
  api = await startFakeApi((_, response) => {
    beginLog(response);
    for (const byte of bytes) response.write(Buffer.from([byte]));
    response.end();
  });
  expect((await follow(api.url))[0]).toEqual({ line: { number: 1, text: 'Größe\nüber' } });
});
