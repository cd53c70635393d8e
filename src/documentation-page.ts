import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from 'express';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>dci-gateway: the registry interface</title><link rel="stylesheet" href="docs/swagger-ui.css">
</head><body><div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script>
</body></html>
`;

/** Operations closed at first: there are a hundred; each says what it is, and can be tried with a token. */
const START = `SwaggerUIBundle({
  url: 'openapi.json', dom_id: '#page', deepLinking: true, docExpansion: 'none', filter: true,
  persistAuthorization: false, validatorUrl: null, defaultModelsExpandDepth: 0,
});
`;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The page writes styles of its own.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/docs`: `/openapi.json` for a reader with a browser. Everything on the page comes from this server. */
export function documentationPage(): Router {
  const files = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = Router();
  router.get('/docs', (_request, response) => {
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).type('html').send(PAGE);
  });
  router.get('/docs/start.js', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('js').send(START);
  });
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    router.get(`/docs/${name}`, (_request, response) => {
      response.sendFile(join(files, name), { maxAge: '1h' });
    });
  }
  return router;
}
