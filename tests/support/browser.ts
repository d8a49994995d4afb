// A real Chromium for the tests, found or brought without asking the developer for anything,
// and pages in it that cannot reach any origin but the one under test.

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

/** What the search for a browser looks at. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly playwrightPath: string | undefined;
  readonly system: string;
  readonly cacheFolder: string;
}

export function thisMachine(): Machine {
  return {
    environment: process.env,
    playwrightPath: playwrightPath(),
    system: `${process.platform}-${process.arch}`,
    cacheFolder: fileURLToPath(
      new URL('../../node_modules/.cache/parlance-browser', import.meta.url),
    ),
  };
}

export interface FoundBrowser {
  readonly from: string;
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function findBrowser(machine: Machine): Promise<FoundBrowser> {
  const named = machine.environment['CHROMIUM_PATH'];
  if (named) {
    if (await isExecutable(named)) return { from: 'CHROMIUM_PATH', path: named };
    throw new Error(
      `CHROMIUM_PATH is ${named}, which is no file that can be run: correct it, or unset it and the tests look for a browser themselves.`,
    );
  }

  const onPath = await findOnPath(['chromium', 'google-chrome'], machine.environment['PATH']);
  if (onPath) return { from: 'the PATH', path: onPath };

  if (machine.playwrightPath && (await isExecutable(machine.playwrightPath))) {
    return { from: "Playwright's own", path: machine.playwrightPath };
  }

  const entry = packageEntry();
  if (machine.system === 'linux-x64' && entry) return bringBrowser(entry, machine);
  throw new Error(
    `The tests found no browser, and none comes with npm for ${machine.system}: ${INSTALL}.`,
  );
}

/** Playwright gives each browser a user data folder of its own and removes it when it closes. */
export async function openBrowser(machine: Machine = thisMachine()): Promise<Browser> {
  const found = await findBrowser(machine);
  const browser = await launch(found, machine);
  process.stdout.write(
    `browser: Chromium ${browser.version()} from ${found.from}, ${found.path}\n`,
  );
  return browser;
}

export interface OpenedPage {
  readonly page: Page;
  /** Every foreign address that was asked for, in the order asked; none of them was reached. */
  readonly blocked: readonly string[];
  readonly consoleErrors: readonly string[];
  readonly pageErrors: readonly string[];
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  { onlyOrigin }: { onlyOrigin: string },
): Promise<OpenedPage> {
  const blocked: string[] = [];
  const consoleErrors: string[] = [];
  const pageErrors: string[] = [];
  const own = new URL(onlyOrigin);
  const noteForeign = (address: string) => {
    if (isForeign(new URL(address), own)) blocked.push(address);
  };

  const context = await browser.newContext({
    // Everything foreign goes to a proxy that is not there: nothing listens on port 1. Playwright's
    // routes are not enough, they miss redirects, WebSockets, and whatever a shared worker asks for.
    proxy: { server: 'http://127.0.0.1:1', bypass: own.host },
    serviceWorkers: 'block',
  });
  context.setDefaultTimeout(PAGE_PATIENCE_MS);
  context.on('request', (request) => noteForeign(request.url()));
  context.on('page', (page) => page.on('websocket', (socket) => noteForeign(socket.url())));
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    consoleErrors.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (raised) => pageErrors.push(String(raised.error())));

  return {
    page: await context.newPage(),
    blocked,
    consoleErrors,
    pageErrors,
    close: () => context.close(),
  };
}

/** Shorter than a test's own time, so that what Playwright was waiting for is what gets reported. */
const PAGE_PATIENCE_MS = 10_000;
const LAUNCH_PATIENCE_MS = 30_000;

const INSTALL =
  'install Chromium (Debian: apt-get install chromium) and put it on the PATH, or name its file in CHROMIUM_PATH';

async function launch(found: FoundBrowser, machine: Machine): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath: found.path,
      env: { ...machine.environment, ...found.environment },
      headless: true,
      chromiumSandbox: false, // Chromium as root, the usual user in a container, refuses its sandbox.
      timeout: LAUNCH_PATIENCE_MS,
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  } catch (cause) {
    throw new Error(
      `The browser from ${found.from}, ${found.path}, did not start: ${INSTALL}, and see the cause for its own words.`,
      { cause },
    );
  }
}

async function bringBrowser(entry: string, machine: Machine): Promise<FoundBrowser> {
  const folder = join(machine.cacheFolder, `chromium-${await packageVersion(entry)}`);
  if (!(await isExecutable(join(folder, 'chromium')))) {
    await unpack({ entry, folder, cacheFolder: machine.cacheFolder });
  }

  const libraries = [join(folder, 'al2023', 'lib'), machine.environment['LD_LIBRARY_PATH']];
  return {
    from: 'the npm package @sparticuz/chromium',
    path: join(folder, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: libraries.filter(Boolean).join(delimiter),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  };
}

/** Two test files may come here at once: each unpacks for itself, and the first to rename is kept. */
async function unpack({ entry, folder, cacheFolder }: Unpacking): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const unpacking = await mkdtemp(join(cacheFolder, 'unpacking-'));
  try {
    // The package unpacks into the system's folder for temporary files, whole or half, and brings
    // its libraries only where it believes to be on Lambda: so it runs with an environment of its own.
    await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', UNPACK_SCRIPT, entry],
      { env: { TMPDIR: unpacking, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' } },
    );
    await writeFile(join(unpacking, 'fonts.conf'), FONTS_CONF);
    await rename(unpacking, folder);
  } catch (cause) {
    if (await isExecutable(join(folder, 'chromium'))) return;
    throw new Error(
      `The browser in @sparticuz/chromium could not be unpacked into ${cacheFolder}: run npm ci again, or ${INSTALL}.`,
      { cause },
    );
  } finally {
    await rm(unpacking, { recursive: true, force: true });
  }
}

interface Unpacking {
  readonly entry: string;
  readonly folder: string;
  readonly cacheFolder: string;
}

const UNPACK_SCRIPT = `
  const { default: chromium } = await import(process.argv[1]);
  await chromium.executablePath();
`;

// On an image without fonts every word is zero pixels wide, and Playwright calls it invisible.
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
</fontconfig>
`;

/** Part of the folder's name, so that a newer package is not hidden by what an older one left. */
async function packageVersion(entry: string): Promise<string> {
  const manifest = await readFile(new URL('../../package.json', entry), 'utf8');
  const version = /"version":\s*"([^"]+)"/.exec(manifest)?.[1];
  if (!version) throw new Error(`@sparticuz/chromium does not say its version: run npm ci again.`);
  return version;
}

function packageEntry(): string | undefined {
  try {
    return import.meta.resolve('@sparticuz/chromium');
  } catch {
    return undefined; // npm ci --omit=dev leaves it out.
  }
}

function playwrightPath(): string | undefined {
  try {
    return chromium.executablePath();
  } catch {
    return undefined; // Playwright throws on a system it makes no browser for.
  }
}

async function findOnPath(
  names: readonly string[],
  folders: string | undefined,
): Promise<string | undefined> {
  const places = (folders ?? '').split(delimiter).filter(Boolean);
  for (const candidate of names.flatMap((name) => places.map((place) => join(place, name)))) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function isForeign(address: URL, own: URL): boolean {
  // data: and blob: stay inside the browser.
  if (!/^(?:http|ws)s?:$/.test(address.protocol)) return false;
  return address.protocol.replace(/^ws/, 'http') !== own.protocol || address.host !== own.host;
}
