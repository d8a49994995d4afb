// The GraphiQL page: everything it needs is inside it, so that it works with no internet. Rendered at the first visit.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { policyOf } from '../door/security-headers.ts';
import { GRAPHQL_PATH } from '../graphql.ts';
import { exampleTabs } from './examples.ts';

export interface Page {
  /** What it may do in a browser. */
  readonly policy: string;
  readonly html: Buffer;
  readonly gzipped: Buffer;
}

/** `ids`: a conversation of each provider, by its name, for examples that need one. */
export function graphiqlPage(ids: () => Promise<ReadonlyMap<string, string>>): () => Promise<Page> {
  let page: Promise<Page> | undefined;

  async function render(): Promise<Page> {
    // Nine megabytes of source that a gateway without visitors never loads.
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    const text = renderGraphiQL({
      // Not escaped by the renderer: a constant, never anything configured.
      title: 'Parlance',
      endpoint: GRAPHQL_PATH,
      subscriptionsProtocol: 'WS',
      // A token that was typed in ends with the page: what a browser keeps, every script of its origin can read.
      shouldPersistHeaders: false,
      defaultTabs: exampleTabs(await ids()),
    });
    const whole = text
      .replace('</head>', () => `${FIRM_TABS}</head>`)
      .replace(HEADERS, () => HEADERS_OVER_WEBSOCKET);
    const html = Buffer.from(whole);
    return { html, gzipped: await promisify(gzip)(html), policy: policyOf(whole) };
  }

  return () => {
    page ??= render().catch((error: unknown) => {
      page = undefined;
      throw error;
    });
    return page;
  };
}

// What is typed into the headers editor goes along with queries only: a browser gives a WebSocket no headers. This lets
// `connection_init` carry it.
const HEADERS = 'extensions:{headers:y?.headers}';
const HEADERS_OVER_WEBSOCKET = 'extensions:{headers:y?.headers,connectionParams:y?.headers}';

// GraphiQL takes tabs it opened with for ones being dragged: without this, one that is clicked jumps aside and stays shut.
const FIRM_TABS = '<style>.graphiql-tab { transform: none !important; }</style>';
