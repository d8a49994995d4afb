// A gateway that cannot listen where it is to, in the system's own errors: what is in the way is named, and what to write instead.

import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startMistake } from '../../src/commands/start-mistake.ts';

const ELSEWHERE = '192.0.2.1'; // An address for documentation: nobody's.

describe('a gateway that could not start', () => {
  it('says whose port is taken, and where another is written', async () => {
    const squatter = listenAt({ port: 0, host: '127.0.0.1' });
    await once(squatter, 'listening');
    const port = portOf(squatter);
    const taken = await failureOf({ port, host: '127.0.0.1' });

    expect(startMistake(taken, configured({ port }))).toBe(
      `Port ${port} is taken. Stop what listens there, or choose another: PORT=4001 npx parlance start`,
    );
    expect(startMistake(taken, { ...configured({ port: 4000 }), metrics: { port } })).toBe(
      `Port ${port} is taken. Stop what listens there, or choose another: metrics.port in the config`,
    );
  });

  it('says which address is not of this machine, and which setting names it', async () => {
    const absent = await failureOf({ port: 0, host: ELSEWHERE });
    const instead = '127.0.0.1 is reached from here alone, 0.0.0.0 from everywhere.';

    expect(startMistake(absent, configured({ host: ELSEWHERE }))).toBe(
      `This machine has no address ${ELSEWHERE}. Correct server.host: ${instead}`,
    );
    expect(startMistake(absent, { ...configured({}), metrics: { port: 0, host: ELSEWHERE } })).toBe(
      `This machine has no address ${ELSEWHERE}. Correct metrics.host: ${instead}`,
    );
  });

  it('says which name leads nowhere', async () => {
    const nowhere = await failureOf({ port: 0, host: 'nowhere.invalid' });

    expect(nowhere).toMatchObject({ hostname: 'nowhere.invalid' });
    expect(startMistake(nowhere, configured({ host: 'nowhere.invalid' }))).toContain(
      'This machine has no address nowhere.invalid. Correct server.host:',
    );
  });

  it('says which port is not for this user, and takes no other refusal for that', () => {
    const port = Object.assign(new Error(), { code: 'EACCES', syscall: 'listen', port: 80 });
    const file = Object.assign(new Error('open EACCES'), { code: 'EACCES', syscall: 'open' });

    expect(startMistake(port, configured({ port: 80 }))).toBe(
      'Port 80 is not for this user. Choose one above 1023: PORT=4001 npx parlance start',
    );
    expect(startMistake(file, configured({}))).toBe('The gateway could not start: open EACCES');
  });

  it('says what it was told where that is another thing', () => {
    const sentence = 'auth.keys: keys.json does not exist.';

    expect(startMistake(new Error(sentence), configured({}))).toBe(
      `The gateway could not start: ${sentence}`,
    );
  });
});

function configured({ port = 4000, host = '127.0.0.1' }) {
  return { server: { port, host } };
}

function listenAt(where: ListenOptions): Server {
  const server = createServer().listen(where);
  onTestFinished(() => void server.close());
  return server;
}

async function failureOf(where: ListenOptions): Promise<unknown> {
  const [error]: unknown[] = await once(listenAt(where), 'error');
  return error;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return address.port;
}
