import { type RequestHandler } from 'express';
import { type Config } from './config.js';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1b1f24}' +
  'code,pre{background:#f3f4f6;border-radius:4px;padding:.1rem .3rem}pre{padding:.8rem;overflow:auto}' +
  'a{color:#0b5cad}h1{font-size:1.6rem}';

/** `/`: where to go from here. Plain HTML without a script, so that it works anywhere. */
export function landingPage(config: Config): RequestHandler {
  const explorer =
    config.environment === 'production'
      ? '<li><code>/graphql</code>: the graph for internal programs, with a bearer token</li>'
      : '<li><a href="/graphql">/graphql</a>: the graph, in an explorer that runs queries</li>';
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>dci-gateway</title><style>${STYLE}</style></head><body>
<h1>dci-gateway</h1>
<p>A registry of people and families: one typed graph for internal programs, and the DCI standard for other registries.</p>
<ul>${explorer}
<li><code>POST /oauth2/client/token</code> and <code>POST /registry/...</code>: for partners;
<a href="/docs">/docs</a> describes every call, <a href="/openapi.json">/openapi.json</a> for programs</li>
<li><a href="/.well-known/jwks.json">/.well-known/jwks.json</a>,
<a href="/.well-known/locations.json">/.well-known/locations.json</a>: our public keys and places</li>
<li><a href="/health/ready">/health/ready</a>: is everything up</li></ul>
<p>A partner needs a client: <code>npx dci-gateway client create "Ministry of Health"</code></p>
</body></html>
`;
  return (_request, response) => {
    response
      .set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .type('html')
      .send(page);
  };
}
