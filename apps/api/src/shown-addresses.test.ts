import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { aRequest, openBakery, type TestBakery } from './testing/open-bakery.ts';

const more = `
debianRepository: https://keeper:hunter22@apt.example/pool stable main
docker:
  bakeryDefaults:
    baseImages:
      - baseImage: { id: trixie, packageType: deb, customRepository: 'https://hunter22@apt.example/trixie ./' }
        virtualizationSettings: { sourceImage: 'debian:trixie' }
`;

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'), { more });
});
afterAll(() => bakery.close());

async function answerTo(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object): Promise<string> {
  const { statusCode, body } = await bakery.api.inject({ method, url, ...(payload && { payload }) });
  expect(statusCode).toBeLessThan(300);
  return body;
}

test('no answer shows the credentials of a repository’s address, and each shows the rest of it', async () => {
  const created = await answerTo('POST', '/bakes', aRequest());
  const { id } = JSON.parse(created);
  const classic = { cloud_provider_type: 'docker', base_os: 'trixie', package: 'hello' };
  const answers = [
    created,
    await answerTo('GET', `/bakes/${id}`),
    await answerTo('GET', '/bakes'),
    await answerTo('POST', '/plan', aRequest()),
    await answerTo('POST', '/plan/classic/here', classic),
    await answerTo('GET', '/catalogue'),
    await answerTo('GET', '/bakeOptions'),
    await answerTo('GET', '/bakeOptions/docker'),
    await answerTo('GET', '/bakeOptions/docker/baseImages/trixie'),
    await answerTo('DELETE', `/bakes/${id}`),
  ];
  for (const answer of answers) {
    expect(answer).toMatch(/https:\/\/(keeper:)?\*{6}@apt\.example/);
    expect(answer).not.toContain('hunter22');
  }
});

test('a bake is planned with the whole address, which its worker needs', async () => {
  const { id } = JSON.parse(await answerTo('POST', '/bakes', aRequest({ imageName: 'other' })));
  expect((await bakery.queue.find(id))?.recipe.variables).toMatchObject({
    repository: 'https://keeper:hunter22@apt.example/pool stable main',
  });
});
