// A process full of clients: opens so many connections to a gateway, says how many stand, and keeps them until it is ended.

import { connect } from 'node:net';
import { WebSocket } from 'ws';

const [url = '', kind = '', count = '0'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
/** As many are on their way at once. */
const AT_ONCE = 100;

let begun = 0;
let standing = 0;
let lost = 0;

async function open(): Promise<void> {
  while (begun < Number(count)) {
    begun += 1;
    await (kind === 'websocket' ? overWebSocket() : overHttp()).then(
      () => (standing += 1),
      () => (lost += 1),
    );
  }
}

/** Asked once, and kept for more. */
function overHttp(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', reject).on('close', () => (lost += 1));
    socket.once('data', () => resolve());
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  });
}

function overWebSocket(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${hostname}:${port}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    socket.on('error', reject).on('close', () => (lost += 1));
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    socket.once('message', () => resolve());
  });
}

await Promise.all(Array.from({ length: AT_ONCE }, open));
process.stdout.write(`${JSON.stringify({ standing, lost })}\n`);
// What happens to them from now on is told to whoever asks.
process.stdin.on('data', () => process.stdout.write(`${JSON.stringify({ standing, lost })}\n`));
process.stdin.on('end', () => process.exit(0));
