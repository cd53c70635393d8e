import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type NextFunction, type Request, type Response, Router } from 'express';
import { EXPLORER_PAGE, EXPLORER_SCRIPT } from './explorer-page.js';

const compress = promisify(gzip);

/** Where Apollo Sandbox comes from; nothing else may be loaded from outside, and the page needs none of it. */
const SANDBOX_SCRIPTS = 'https://embeddable-sandbox.cdn.apollographql.com';
const SANDBOX_FRAME = 'https://sandbox.embed.apollographql.com';

const POLICY = [
  "default-src 'none'",
  `script-src 'self' ${SANDBOX_SCRIPTS}`,
  // The code editor of GraphiQL writes its own style elements.
  "style-src 'self' 'unsafe-inline'",
  `img-src 'self' data: https://embeddable-sandbox.cdn.apollographql.com`,
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  `connect-src 'self' ${SANDBOX_SCRIPTS}`,
  `frame-src ${SANDBOX_FRAME}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly text: () => Promise<string>;
}

const graphiql = () => import('@graphql-yoga/render-graphiql/graphiql');
const SCRIPT = 'text/javascript; charset=utf-8';

/** The bundled GraphiQL: nine megabytes that only a developer's browser ever asks for, so they are read when it does. */
const ASSETS: Readonly<Record<string, Asset>> = {
  'explorer.js': { type: SCRIPT, text: () => Promise.resolve(EXPLORER_SCRIPT) },
  'graphiql.js': { type: SCRIPT, text: async () => (await graphiql()).js },
  'graphiql.css': { type: 'text/css; charset=utf-8', text: async () => (await graphiql()).css },
  'editor-worker.js': { type: SCRIPT, text: async () => (await graphiql()).editorWorkerService },
  'json-worker.js': { type: SCRIPT, text: async () => (await graphiql()).jsonWorker },
  'graphql-worker.js': { type: SCRIPT, text: async () => (await graphiql()).graphqlWorker },
};

interface Packed {
  readonly tag: string;
  readonly body: Buffer;
}

/** Whether a person with a browser asks, not a client. */
function wantsExplorer(request: Request): boolean {
  const types = ['application/json', 'application/graphql-response+json', 'text/html'];
  return request.method === 'GET' && request.query['query'] === undefined && request.accepts(types) === 'text/html';
}

/** The explorer's page at the endpoint's own address, and its files below it. */
export function explorerRoutes(): Router {
  const router = Router();
  const packed = new Map<string, Promise<Packed>>();

  const pack = (name: string, asset: Asset): Promise<Packed> => {
    const held = packed.get(name) ?? packNow(asset);
    packed.set(name, held);
    return held;
  };

  router.get('/', (request: Request, response: Response, next: NextFunction) => {
    if (!wantsExplorer(request)) {
      next();
      return;
    }
    response
      .set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
      .vary('Accept')
      .type('html')
      .send(EXPLORER_PAGE);
  });

  router.get('/explorer/:file', async (request: Request, response: Response, next: NextFunction) => {
    const { file } = request.params;
    const asset = typeof file === 'string' && Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (typeof file !== 'string' || asset === undefined) {
      next();
      return;
    }
    const { tag, body } = await pack(file, asset);
    response.set({ ETag: tag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' });
    if (request.headers['if-none-match'] === tag) {
      response.status(304).end();
      return;
    }
    response.set({ 'Content-Type': asset.type, 'Content-Encoding': 'gzip' }).end(body);
  });
  return router;
}

async function packNow(asset: Asset): Promise<Packed> {
  const text = await asset.text();
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  return { tag, body: await compress(text, { level: 6 }) };
}
