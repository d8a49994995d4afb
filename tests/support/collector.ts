// What collects spans: it takes JSON over HTTP, as OpenTelemetry has it.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { at, listAt, textAt } from './answer.ts';

export interface Told {
  readonly name: string;
  readonly id: string;
  readonly trace: string;
  readonly parent: string;
  readonly kind: unknown;
  readonly failure: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

export async function startCollector() {
  const spans: Told[] = [];
  const services = new Set<string>();
  let raw = '';
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.once('end', () => {
      raw += body;
      const said: unknown = JSON.parse(body);
      for (const resource of listAt(said, 'resourceSpans')) {
        services.add(textAt(resource, 'resource.attributes.0.value.stringValue'));
        for (const scope of listAt(resource, 'scopeSpans')) {
          spans.push(...listAt(scope, 'spans').map(toldIn));
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { traces: `http://127.0.0.1:${port}/v1/traces`, spans, services, raw: () => raw };
}

function toldIn(span: unknown): Told {
  const attributes = listAt(span, 'attributes').map((one) => [
    textAt(one, 'key'),
    String(at(one, 'value.stringValue') ?? at(one, 'value.intValue')),
  ]);
  return {
    name: textAt(span, 'name'),
    id: textAt(span, 'spanId'),
    trace: textAt(span, 'traceId'),
    parent: at(span, 'parentSpanId') === undefined ? '' : textAt(span, 'parentSpanId'),
    kind: at(span, 'kind'),
    failure: at(span, 'status.message'),
    attributes: Object.fromEntries(attributes),
  };
}
