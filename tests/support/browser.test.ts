import { once } from 'node:events';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findBrowser, type Machine, openBrowser, openPage, thisMachine } from './browser.ts';

describe('openPage', () => {
  it('shows a page and blocks the one foreign script it asks for', async () => {
    const foreign = await startOrigin((_request, response) => response.end());
    const own = await startOrigin((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<h1>Good evening</h1><script src="${foreign.origin}/cdn.js"></script>`);
    });
    const browser = await openForTest();

    const opened = await openPage(browser, { onlyOrigin: own.origin });
    await opened.page.goto(own.origin);

    expect(await opened.page.locator('h1').innerText()).toBe('Good evening');
    expect(await opened.page.locator('h1').isVisible()).toBe(true);
    expect(opened.blocked).toEqual([`${foreign.origin}/cdn.js`]);
    expect(foreign.asked).toEqual([]);
  });

  it('lets nothing reach a foreign origin through a redirect or a WebSocket', async () => {
    const foreign = await startOrigin((_request, response) => response.end());
    const foreignSocket = `${foreign.origin.replace('http', 'ws')}/socket`;
    const own = await startOrigin((request, response) => {
      if (request.url === '/moved') {
        response.writeHead(302, { location: `${foreign.origin}/landed` }).end();
        return;
      }
      response.setHeader('content-type', 'text/html');
      response.end(`<body><script>
        const failures = [
          new Promise((failed) => { new WebSocket('${foreignSocket}').onerror = failed; }),
          new Promise((failed) => { fetch('/moved').catch(failed); }),
        ];
        Promise.all(failures).then(() => { document.body.append('both failed'); });
      </script></body>`);
    });
    const browser = await openForTest();

    const opened = await openPage(browser, { onlyOrigin: own.origin });
    await opened.page.goto(own.origin);
    await opened.page.getByText('both failed').waitFor();

    expect(opened.blocked.toSorted()).toEqual([`${foreign.origin}/landed`, foreignSocket]);
    expect(foreign.asked).toEqual([]);
  });

  it('records console errors and page errors, and nothing on a page without any', async () => {
    const own = await startOrigin((request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(
        request.url === '/broken'
          ? '<script>console.error("a bad day"); null.anything;</script>'
          : '<script>console.log("a good day")</script><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
      );
    });
    const browser = await openForTest();
    const broken = await openPage(browser, { onlyOrigin: own.origin });
    const sound = await openPage(browser, { onlyOrigin: own.origin });

    await broken.page.goto(`${own.origin}/broken`);
    await sound.page.goto(`${own.origin}/sound`);

    await expect.poll(() => broken.pageErrors.length).toBe(1);
    expect(broken.consoleErrors).toEqual([`a bad day (${own.origin}/broken)`]);
    expect(broken.pageErrors).toEqual([expect.stringMatching(/^TypeError: .*anything/)]);
    expect([...sound.consoleErrors, ...sound.pageErrors, ...sound.blocked]).toEqual([]);
  });
});

describe('openBrowser', () => {
  it('takes CHROMIUM_PATH before a browser on the PATH', async () => {
    const named = await disguisedBrowser('named');
    const onPath = await disguisedBrowser('chromium');

    await openForTest(
      machineWith({ environment: { CHROMIUM_PATH: named.path, PATH: onPath.folder } }),
    );

    expect(await named.wasStarted()).toBe(true);
    expect(await onPath.wasStarted()).toBe(false);
  });

  it.each(['chromium', 'google-chrome'])('takes %s from the PATH', async (name) => {
    const onPath = await disguisedBrowser(name);

    await openForTest(machineWith({ environment: { PATH: `/nowhere:${onPath.folder}` } }));

    expect(await onPath.wasStarted()).toBe(true);
  });

  it("takes Playwright's own where it is installed", async () => {
    const playwrights = await disguisedBrowser('chrome');

    await openForTest(machineWith({ playwrightPath: playwrights.path }));

    expect(await playwrights.wasStarted()).toBe(true);
  });

  it.each(['/no/such/browser', tmpdir()])('refuses %s as CHROMIUM_PATH', async (path) => {
    await expect(
      openBrowser(machineWith({ environment: { CHROMIUM_PATH: path } })),
    ).rejects.toThrow(
      `CHROMIUM_PATH is ${path}, which is no file that can be run: correct it, or unset it`,
    );
  });

  it('names what did not start, and what to install, when a browser is none', async () => {
    const folder = await temporaryFolder();
    const path = await writeScript(folder, 'chromium', ['exit 3']);

    await expect(openBrowser(machineWith({ environment: { PATH: folder } }))).rejects.toThrow(
      `The browser from the PATH, ${path}, did not start: install Chromium`,
    );
  });

  it('says what to install where npm brings no browser', async () => {
    await expect(openBrowser(machineWith({ system: 'plan9-mips' }))).rejects.toThrow(
      'The tests found no browser, and none comes with npm for plan9-mips: install Chromium',
    );
  });

  it('brings one whole browser when two ask for it at the same time', async () => {
    const cacheFolder = await temporaryFolder();
    const machine = machineWith({ environment: { LD_LIBRARY_PATH: '' }, cacheFolder });
    // The package holds that one build; elsewhere the developer has to bring the browser.
    const answer = machine.system === 'linux-x64' ? /^[\d.]+$/ : /none comes with npm/;

    const answers = await Promise.all([versionOrRefusal(machine), versionOrRefusal(machine)]);

    expect(answers).toEqual([expect.stringMatching(answer), expect.stringMatching(answer)]);
    const leftBehind = (await readdir(cacheFolder)).filter((name) => !/^chromium-\d/.test(name));
    expect(leftBehind).toEqual([]);
  });

  it('has a user data folder of its own, gone when the browser is closed', async () => {
    const browser = await openForTest();
    const session = await browser.newBrowserCDPSession();
    const { commandLine } = await session.send('SystemInfo.getInfo');
    const folder = /--user-data-dir=(\S+)/.exec(commandLine)?.[1] ?? 'no user data folder';

    const whileOpen = await exists(folder);
    await browser.close();

    expect(whileOpen).toBe(true);
    expect(await exists(folder)).toBe(false);
  });
});

async function openForTest(machine: Machine = thisMachine()): Promise<Browser> {
  const browser = await openBrowser(machine);
  onTestFinished(() => browser.close());
  return browser;
}

async function versionOrRefusal(machine: Machine): Promise<string> {
  try {
    return (await openForTest(machine)).version();
  } catch (refusal) {
    return String(refusal);
  }
}

/** This machine, with nothing to be found but what the test puts there. */
function machineWith(given: Partial<Machine>): Machine {
  return { ...thisMachine(), environment: {}, playwrightPath: undefined, ...given };
}

/** A script that leaves a mark and then becomes the browser this machine really has. */
async function disguisedBrowser(name: string) {
  const genuine = await findBrowser(thisMachine());
  const folder = await temporaryFolder();
  const mark = join(folder, 'was-started');
  const path = await writeScript(folder, name, [
    `: > '${mark}'`,
    ...Object.entries(genuine.environment ?? {}).map(([key, value]) => `export ${key}='${value}'`),
    `exec '${genuine.path}' "$@"`,
  ]);
  return { path, folder, wasStarted: () => exists(mark) };
}

async function writeScript(folder: string, name: string, lines: string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  return path;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-browser-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** An HTTP server on a free port of loopback, and the paths that were asked of it. */
async function startOrigin(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer(answer);
  server.on('request', (request) => asked.push(request.url ?? ''));
  server.on('upgrade', (request, socket) => {
    asked.push(request.url ?? '');
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { origin: `http://127.0.0.1:${address.port}`, asked };
}
