// The notebook service of examples/, running, with all it is asked written down, and a config that knows it.

import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { host } from '../../examples/notebook-provider/host.ts';
import { type NotebookRow, notebookService } from '../../examples/notebook-provider/service.ts';

export const NOTEBOOK_MODULE = fileURLToPath(
  new URL('../../examples/notebook-provider/index.ts', import.meta.url),
);

export const EXAMPLE_CONFIG = fileURLToPath(
  new URL('../../examples/notebook-provider/parlance.config.yaml', import.meta.url),
);

export interface RunningNotebook {
  readonly url: string;
  readonly key: string;
  readonly notebooks: readonly NotebookRow[];
  /** `POST /v1/…`, one a request. */
  readonly asked: string[];
  /** Begins a notebook, past every gateway. */
  begin(fields: object, ...notes: readonly object[]): NotebookRow;
}

export async function startNotebook(clock: () => number = Date.now): Promise<RunningNotebook> {
  const key = 'nbk-hidden-from-everybody';
  const asked: string[] = [];
  const service = notebookService({ key, shelf: 'main', clock });
  const { url, close } = await host(
    {
      ...service,
      answer(request) {
        asked.push(`${request.method} ${request.path}`);
        return service.answer(request);
      },
    },
    { port: 0 },
  );
  onTestFinished(close);

  function write(path: string, body: object): void {
    const authorization = `Bearer ${key}`;
    service.answer({ method: 'POST', path, query: '', authorization, body: JSON.stringify(body) });
  }

  return {
    url,
    key,
    asked,
    notebooks: service.notebooks,
    begin(fields, ...notes) {
      write(NOTEBOOKS, fields);
      const made = service.notebooks.at(-1);
      if (!made) throw new Error('the service took no notebook');
      for (const note of notes) write(`${NOTEBOOKS}/${made.id}/notes`, note);
      return made;
    },
  };
}

const NOTEBOOKS = '/v1/shelves/main/notebooks';
