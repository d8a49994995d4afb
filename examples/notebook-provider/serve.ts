// The command that runs the notebook service, with two notebooks to look at, until it is interrupted.

import { host } from './host.ts';
import { notebookService } from './service.ts';

const key = 'a-key-for-the-example';
const shelf = 'main';
const service = notebookService({ key, shelf, clock: Date.now });

const notebooks = `/v1/shelves/${shelf}/notebooks`;
write(notebooks, { title: 'Groceries', reader: 'ada', setLabels: [{ key: 'home', value: null }] });
write(`${notebooks}/notebook-1/notes`, { by: 'reader', text: 'Is there any bread left?' });
write(`${notebooks}/notebook-1/notes`, { by: 'keeper', text: 'Half a loaf.' });
write(notebooks, { title: 'Travel', reader: 'grace', colour: 'green' });

const { url } = await host(service, { port: 4100 });
process.stdout.write(`NOTEBOOK_URL=${url} NOTEBOOK_KEY=${key}\n`);

function write(path: string, body: object): void {
  service.answer({
    method: 'POST',
    path,
    query: '',
    authorization: `Bearer ${key}`,
    body: JSON.stringify(body),
  });
}
