import { Artifact, BakeFailure, BakeRecipe, BakeRequest, Value } from '@bakehouse/bake';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { z } from 'zod';
import { AnsweringBake, BakeView } from './bake-view.ts';
import { CLASSIC_RULES, describeClassic } from './openapi-classic.ts';
import type { Api } from './parts.ts';
import { Problem } from './problem.ts';
import { ClassicBody } from './rosco/bake-body.ts';
import { BakeDetails } from './rosco/bake-details.ts';
import { BakeOptions } from './rosco/bake-options.ts';
import { BakeStatus } from './rosco/bake-status.ts';
import { ClassicError } from './rosco/classic-error.ts';

const PATH = '/docs';

const EXAMPLE_REQUEST = {
  provider: 'local',
  region: 'here',
  base: 'bookworm',
  packages: ['hello'],
  labels: { team: 'lanterns' },
  ci: { job: 'lantern-release', number: '57', url: 'https://ci.example/job/57' },
};

const EXAMPLE_PROBLEM = {
  error: 'unknown-provider',
  message: "provider 'mars' is not offered here; offered: docker, local",
  issues: [{ path: 'provider', message: "provider 'mars' is not offered here; offered: docker, local" }],
};

// Named here, these stand in the document once. `Value` must be named: it speaks of itself.
for (const [id, schema] of Object.entries({
  Value,
  BakeRecipe,
  BakeFailure,
  Artifact,
  Bake: BakeView,
  AnsweringBake,
  ClassicBody,
  ClassicError,
  BakeStatus,
  BakeDetails,
  BakeOptions,
})) {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
}
// `examples` would be left out of a schema that reads as it checks.
z.globalRegistry.add(BakeRequest, { id: 'BakeRequest', example: EXAMPLE_REQUEST });
z.globalRegistry.add(Problem, { id: 'Problem', example: EXAMPLE_PROBLEM });

/** Serves the OpenAPI document that the routes' schemas make, and a page to read and try it. Register before the routes. */
export function documentRoutes(api: Api): void {
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Bakehouse',
        version: '1',
        description: 'A bakery for machine images: ask for a bake, follow it, get the image’s id.',
      },
      tags: [
        { name: 'bakes', description: 'Ask for images, follow and cancel their bakes.' },
        { name: 'bakery', description: 'What is offered, who bakes, and how it goes.' },
        { name: 'classic', description: CLASSIC_RULES },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => {
      const made = describeAnswers(keepUsed(jsonSchemaTransformObject(document) as Document));
      return { ...made, paths: describeClassic(made.paths ?? {}) };
    },
  });
  void api.register(swaggerUi, { routePrefix: PATH, uiConfig: { deepLinking: true, tryItOutEnabled: true } });
}

const MEANING_OF: Readonly<Record<string, string>> = {
  200: 'Done.',
  202: 'Taken; look again at where the answer points.',
  400: 'The request is not one this bakery can take; each issue names the member and what to do.',
  403: 'A web page of another origin asks in somebody’s browser, and the settings do not let it.',
  404: 'There is no such thing here.',
  409: 'It cannot be done as things stand; the message says why.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not JSON.',
  500: 'The bakery failed; its log has the reason under the `X-Request-Id` of the answer.',
  503: 'Redis is away for the moment; ask again after `Retry-After` seconds.',
};

type Document = Partial<OpenAPIV3_1.Document>;

/** Each schema is named for what is sent and for what is answered; most are only one of the two. */
function keepUsed(document: Document): Document {
  const text = JSON.stringify(document);
  const used = Object.entries(document.components?.schemas ?? {}).filter(([name]) =>
    text.includes(`"#/components/schemas/${name}"`),
  );
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(used) } };
}

/** Says what each status means, where a route has not said it. */
function describeAnswers(document: Document): Document {
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values<unknown>({ ...path }));
  for (const operation of operations as { responses?: Record<string, { description?: string }> }[]) {
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      if (answer.description === 'Default Response') answer.description = MEANING_OF[status] ?? '';
    }
  }
  return document;
}
