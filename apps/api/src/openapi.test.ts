import { BakeRequest } from '@bakehouse/bake';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from './testing/open-bakery.ts';

let bakery: TestBakery;
let document: {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>> };
};

interface Operation {
  summary?: string;
  tags?: string[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  document = (await bakery.api.inject('/docs/json')).json();
});
afterAll(() => bakery.close());

test('every call has a summary, a tag, and a meaning for each answer', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const { summary, tags, responses } of Object.values(methods)) {
      expect(summary, path).toMatch(/.{5}/);
      expect(tags, path).toHaveLength(1);
      expect(Object.keys(responses).length, path).toBeGreaterThan(0);
      for (const { description } of Object.values(responses)) expect(description, path).toMatch(/^(?!Default).{3}/);
    }
  }
});

test('every reference leads somewhere in the document', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, to = '']) => to);
  expect(references.length).toBeGreaterThan(10);
  for (const to of references)
    expect(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)).toContain(to);
});

test('the request is shown with an example that would be taken', () => {
  const { example, additionalProperties } = document.components.schemas['BakeRequestInput'] ?? {};
  expect(additionalProperties).toBe(false);
  expect(BakeRequest.safeParse(example)).toMatchObject({ success: true });
});

test('the page to read it is served', async () => {
  const page = await bakery.api.inject('/docs');
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('swagger-ui');
});
