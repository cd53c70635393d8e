import express, { type Router } from 'express';
import { openApiDocument } from '../dci/openapi.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { PartnerScope } from '../security/scopes.js';
import type { Endpoint } from './reception/endpoint.js';

/** What the document is made of. */
export interface OpenApiRouteOptions {
  /** All that are served. */
  readonly endpoints: readonly Endpoint[];
  readonly registries: readonly RegistryKind[];
  /** The public address of this gateway. */
  readonly publicUrl: () => string;
}

const SCOPES: Readonly<Record<PartnerScope, string>> = {
  'registry.search': 'Search',
  'registry.subscribe': 'Subscribe to what happens',
  'registry.write': 'Tell of enrolments',
};

/** `GET /openapi.json`: what partners can call here, for everybody to read. */
export function openApiRoute({ endpoints, registries, publicUrl }: OpenApiRouteOptions): Router {
  const router = express.Router();
  // The address may be known only once the server listens; it does not change afterwards.
  let document: string | null = null;
  router.get('/openapi.json', (_request, response) => {
    document ??= JSON.stringify(openApiDocument({ endpoints, registries, publicUrl: publicUrl(), scopes: SCOPES }));
    response.set('Cache-Control', 'public, max-age=300').type('json').send(document);
  });
  return router;
}
