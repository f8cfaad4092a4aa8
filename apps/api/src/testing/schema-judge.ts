import fastify from 'fastify';

/** Holds values against schemas of an OpenAPI document. */
export interface SchemaJudge {
  /** What is wrong with it, an entry per error; `[]` when it is as the schema says. */
  complaints: (schema: unknown, value: unknown) => Promise<readonly unknown[]>;
  close: () => Promise<void>;
}

/** The validator that fastify brings, which shares nothing with what the document is made from. */
export function openSchemaJudge(document: { components?: unknown }): SchemaJudge {
  const server = fastify({
    bodyLimit: 16 * 1024 * 1024,
    ajv: {
      customOptions: {
        strict: false,
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
      },
    },
  });
  server.post('/', async (request) => {
    const { schema, value } = request.body as { schema: object; value: unknown };
    const isAsSaid = request.compileValidationSchema({ ...schema, components: document.components });
    isAsSaid(value);
    return isAsSaid.errors ?? [];
  });
  return {
    complaints: async (schema, value) => {
      const answer = await server.inject({ method: 'POST', url: '/', payload: { schema, value } });
      if (answer.statusCode !== 200) throw new Error(`a schema that cannot be used: ${answer.body}`);
      return answer.json();
    },
    close: () => server.close(),
  };
}
