// `npm run emulators`: the emulators alone, and on the first line of stdout how to reach them.

import { startPulse } from './pulse.ts';
import { type Door, startWorld } from './world.ts';

/** Often enough to watch, seldom enough to read. */
const PULSE_EVERY_MS = 20_000;

/** In the order of their ports. */
const DOORS: readonly Door[] = ['botpress', 'chatling', 'chatbotkit', 'stackAuth', 'pinkfish'];

try {
  await run();
} catch (error) {
  console.error(`emulators: ${inWords(error)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const world = await startWorld({ ports: portsFrom(process.env['EMULATOR_PORT']) });
  const quiet = process.argv.includes('--quiet');
  const stopPulse = quiet
    ? () => {}
    : startPulse(world, { everyMs: PULSE_EVERY_MS, chance: Math.random });

  const leave = () => {
    stopPulse();
    // Left to itself the process then ends, because nothing is open any more; its code is 0.
    void world.close();
  };
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);

  console.log(JSON.stringify(world.credentials));
  for (const door of DOORS) {
    const { url } = world[door];
    console.log(`${door.padEnd(10)} ${url}  controls: ${url}/__emulator/{faults,journal,say}`);
  }
  console.log(
    quiet
      ? 'Nobody writes by themselves (--quiet). Ctrl-C ends.'
      : `A customer writes every ${PULSE_EVERY_MS / 1_000} s or so; --quiet keeps them still. Ctrl-C ends.`,
  );
}

/** One number given, five taken: the others follow it. */
function portsFrom(given: string | undefined): Partial<Record<Door, number>> {
  if (given === undefined || given === '') return {};
  const first = Number(given);
  if (!Number.isInteger(first) || first < 1 || first > 65_536 - DOORS.length) {
    throw new Error(
      `EMULATOR_PORT is "${given}": set it to a whole number from 1 to ${65_536 - DOORS.length}, or leave it out for free ports.`,
    );
  }
  return Object.fromEntries(DOORS.map((door, index) => [door, first + index]));
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  return taken
    ? `${error.message}. Set EMULATOR_PORT to the first of five free ports, or leave it out.`
    : error.message;
}
