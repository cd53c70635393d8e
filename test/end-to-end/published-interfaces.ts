import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/** The published OpenAPI documents; not part of the project. */
const FOLDER = resolve(join(import.meta.dirname, '../..'), process.env.DCI_SPEC ?? '../shared/spec');

export const PUBLISHED_REGISTRIES = ['social', 'crvs', 'fr', 'dr', 'ibr'] as const;

/** Whether this checkout lies beside the published documents. */
export const PUBLISHED_PRESENT = PUBLISHED_REGISTRIES.every((name) =>
  existsSync(join(FOLDER, `${name}_api_v1.0.0.yaml`)),
);

/** One operation of a published document. */
export interface PublishedOperation {
  readonly registry: string;
  /** `/registry/sync/search` */
  readonly path: string;
  /** `header.action` of the messages that come here. */
  readonly action: string;
  readonly fitsRequest: ValidateFunction;
  readonly fitsAnswer: ValidateFunction;
}

interface Schema {
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
}

interface Operation {
  readonly requestBody: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: { readonly default: unknown };
}

interface Document {
  readonly paths: Readonly<Record<string, { readonly post: Operation | null } & Partial<Operation>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, unknown>>;
  };
}

/** The operations of all five documents. */
export function publishedOperations(): PublishedOperation[] {
  return PUBLISHED_REGISTRIES.flatMap((registry) => {
    const document = parse(readFileSync(join(FOLDER, `${registry}_api_v1.0.0.yaml`), 'utf8'), (key, value: unknown) =>
      // The disability registry alone has "object" where all the others, and we, have a list of records.
      registry === 'dr' && (key === 'search_response' || key === 'notify_event') ? withRecords(key, value) : value,
    ) as Document;
    const compile = compilerOf(registry, document);
    return Object.entries(document.paths).map(([path, item]) => {
      // The document of the farmer registry has one operation a level too high.
      const operation = item.post ?? (item as Operation);
      const request = operation.requestBody.content['application/json']?.schema ?? {};
      return {
        registry,
        path,
        action: actionOf(request, document),
        fitsRequest: compile(request),
        fitsAnswer: compile(answerSchema(operation, document)),
      };
    });
  });
}

function withRecords(key: 'search_response' | 'notify_event', written: unknown): unknown {
  const schema = JSON.parse(JSON.stringify(written)) as {
    items?: { properties?: { data?: { properties?: Record<string, object> } } };
  };
  const data = schema.items?.properties?.data?.properties;
  if (data) data['reg_records'] = { type: key === 'search_response' ? 'array' : 'object' };
  return schema;
}

function answerSchema(operation: Operation, document: Document): Schema {
  const written = operation.responses.default as { $ref?: string; content?: Record<string, { schema: Schema }> };
  const name = written.$ref?.split('/').at(-1) ?? '';
  // Two answers of the beneficiary registry point at a schema instead of a response: the whole envelope is what is sent.
  if (written.$ref?.startsWith('#/components/schemas/')) {
    return { properties: { message: { $ref: written.$ref } } };
  }
  const response = (written.$ref === undefined ? written : document.components.responses[name]) as typeof written;
  return response.content?.['application/json']?.schema ?? {};
}

/** OpenAPI 3.0 is not quite JSON Schema: these keywords say nothing of a value. */
const ANNOTATIONS = ['example', 'xml', 'discriminator', 'externalDocs', 'xample'];

/** Compiles parts of the document; what they share is compiled once. */
function compilerOf(registry: string, document: Document): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, keywords: ANNOTATIONS, logger: false });
  addFormats.default(ajv);
  ajv.addFormat('int32', true);
  ajv.addSchema({ $id: registry, components: document.components });
  return (schema) => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', `"${registry}#/components/`);
    return ajv.compile(JSON.parse(text) as object);
  };
}

function actionOf(schema: Schema, document: Document): string {
  const header = resolved(schema.properties?.['header'] ?? {}, document);
  const parts = [header, ...(header.allOf ?? [])];
  return parts.flatMap((part) => resolved(part, document).properties?.['action']?.enum ?? []).map(String)[0] ?? '';
}

function resolved(schema: Schema, document: Document): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}
