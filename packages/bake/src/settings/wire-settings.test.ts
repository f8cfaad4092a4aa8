import { expect, test } from 'vitest';
import { readSettings } from './read-settings.ts';

const read = (text: string, environment: Record<string, string> = {}) =>
  readSettings([{ name: 'rosco.yml', text }], environment);

const bakeryOf = (text: string, environment: Record<string, string> = {}) => {
  const settings = read(text, environment);
  if (!settings.ok) throw new Error(JSON.stringify(settings.no));
  expect(settings.value.warnings).toEqual([]);
  return settings.value.bakery;
};

test('nobody bakes manifests, the status calls are there and no page elsewhere may change anything, if nothing is said', () => {
  const { manifestBakeryUrl, statusCalls, allowedOrigins } = bakeryOf('');
  expect({ manifestBakeryUrl, statusCalls, allowedOrigins }).toEqual({
    manifestBakeryUrl: undefined,
    statusCalls: true,
    allowedOrigins: [],
  });
});

test('the bakery for manifests is named by its url, in a file or in the environment', () => {
  const url = 'http://rosco.example:8087';
  expect(bakeryOf(`manifestBakery: { baseUrl: "${url}" }`).manifestBakeryUrl).toBe(url);
  expect(bakeryOf('', { MANIFESTBAKERY_BASEURL: url }).manifestBakeryUrl).toBe(url);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the settings have such placeholders
  expect(bakeryOf('manifestBakery.baseUrl: ${ROSCO:}').manifestBakeryUrl).toBeUndefined();
  expect(read('manifestBakery.baseUrl: rosco').ok).toBe(false);
});

test.each(['endpoints: { status: { enabled: false } }', 'endpoints.status.enabled: "false"'])(
  'the status calls are turned off by %s',
  (text) => expect(bakeryOf(text).statusCalls).toBe(false),
);

test('pages elsewhere are let in by their origin', () => {
  const origins = ['https://deck.example', 'http://localhost:9000'];
  expect(bakeryOf(`bakehouse: { allowedOrigins: [${origins}] }`).allowedOrigins).toEqual(origins);
  expect(bakeryOf('', { BAKEHOUSE_ALLOWEDORIGINS: origins.join(',') }).allowedOrigins).toEqual(origins);
});

test.each(['https://deck.example/', 'deck.example', '*', 'null', 'https://deck.example/bakery'])(
  '%s is no origin',
  (text) => {
    const settings = read(`bakehouse: { allowedOrigins: ["${text}"] }`);
    expect(settings).toMatchObject({ ok: false, no: [{ path: 'bakehouse.allowedOrigins.0' }] });
  },
);
