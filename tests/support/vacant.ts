// A service that is not there any more, at a port where nobody else can be: one that is free is soon another test's.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** Closes the emulator. Until the test ends whoever connects to its port is refused. */
export async function vacate(emulator: {
  readonly url: string;
  close(): Promise<void>;
}): Promise<void> {
  const localPort = Number(new URL(emulator.url).port);
  await emulator.close();
  // A port that a connection goes out from is nobody's to listen at.
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = addressOf(other.address());
  const holder = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.1', localPort });
  onTestFinished(() => {
    holder.destroy();
    other.close();
  });
  await once(holder, 'connect');
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return address;
}
