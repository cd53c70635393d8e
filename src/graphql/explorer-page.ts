/** What the explorer shows first: the same query as the README's tour. */
const EXAMPLE = `# Some families: run it with the red button.
query Families {
  groups(first: 5) {
    totalCount
    nodes {
      name
      head {
        name { full }
      }
      members {
        role
        individual {
          name { full }
          sex
          birthDate
          birthPlace {
            name
            ancestors { name }
          }
          identifiers { type value }
        }
      }
      childrenUnder12Months { count }
    }
  }
}
`;

/** The explorer's page, which loads `EXPLORER_SCRIPT`. */
export const EXPLORER_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>dci-gateway: the graph</title>
    <link rel="icon" href="data:,">
    <style>
      html, body, #explorer { height: 100%; margin: 0; }
      #explorer { font: 16px/1.5 system-ui, sans-serif; }
      #explorer > p { padding: 2rem; }
      #explorer iframe { border: 0; width: 100%; height: 100%; }
    </style>
  </head>
  <body>
    <div id="explorer">
      <p>Opening the explorer ...</p>
      <noscript><p>The explorer needs JavaScript. The graph itself does not: POST your query to this address.</p></noscript>
    </div>
    <script src="/graphql/explorer/explorer.js" defer></script>
  </body>
</html>
`;

/** Runs in the browser: Apollo Sandbox where its script loads in time, else the GraphiQL that we bring along. */
export const EXPLORER_SCRIPT = `'use strict';
(() => {
  const example = ${JSON.stringify(EXAMPLE)};
  const target = document.getElementById('explorer');
  const sandbox = 'https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js';
  const patience = 2500;

  const load = (source, limit) => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const timer = limit && setTimeout(() => { script.remove(); reject(new Error('too slow')); }, limit);
    script.onload = () => { clearTimeout(timer); resolve(); };
    script.onerror = () => { clearTimeout(timer); reject(new Error('not to be had')); };
    script.src = source;
    document.head.append(script);
  });

  const showSandbox = () => {
    target.textContent = '';
    new window.EmbeddedSandbox({
      target: '#explorer',
      initialEndpoint: location.origin + '/graphql',
      initialSubscriptionEndpoint: location.origin.replace(/^http/, 'ws') + '/graphql',
      initialState: { document: example, includeCookies: false },
      runTelemetry: false,
    });
  };

  const showGraphiQL = async () => {
    const style = document.createElement('link');
    style.rel = 'stylesheet';
    style.href = '/graphql/explorer/graphiql.css';
    document.head.append(style);
    const workers = { editorWorkerService: 'editor-worker', json: 'json-worker', graphql: 'graphql-worker' };
    self.MonacoEnvironment = {
      globalAPI: false,
      getWorkerUrl: (_, label) => '/graphql/explorer/' + (workers[label] || 'editor-worker') + '.js',
    };
    await load('/graphql/explorer/graphiql.js');
    target.textContent = '';
    window.YogaGraphiQL.renderYogaGraphiQL(target, {
      title: 'dci-gateway',
      // No endpoint, which is this page's own address by default: GraphiQL would ask there for streams too.
      subscriptionsProtocol: 'GRAPHQL_SSE',
      subscriptionsEndpoint: location.origin + '/graphql/stream',
      defaultQuery: example,
      defaultTabs: [{ query: example, headers: '{}' }],
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
    });
  };

  const online = navigator.onLine ? load(sandbox, patience).then(showSandbox) : Promise.reject(new Error('offline'));
  online.catch(showGraphiQL).catch(() => {
    target.textContent = 'The explorer could not be loaded. POST your query to this address.';
  });
})();
`;
