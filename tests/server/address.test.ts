// Whom a request is from: nobody may say so of themselves, and nobody has more addresses than one by having many.

import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addressOf, networkOf } from '../../src/server/door/address.ts';

function requestFrom(address: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('an address', () => {
  it.each<[number, string, string | undefined, string]>([
    [0, '10.0.0.1', undefined, '10.0.0.1'],
    [0, '10.0.0.1', '192.0.2.1', '10.0.0.1'],
    [0, '::ffff:10.0.0.1', undefined, '10.0.0.1'],
    [1, '10.0.0.1', '192.0.2.1', '192.0.2.1'],
    [1, '10.0.0.1', 'made up, 192.0.2.1', '192.0.2.1'],
    [1, '10.0.0.1', '198.51.100.1, 192.0.2.1', '192.0.2.1'],
    [2, '10.0.0.1', '203.0.113.1, 192.0.2.1, 10.0.0.2', '192.0.2.1'],
    [2, '10.0.0.1', '192.0.2.1', '192.0.2.1'],
    [1, '10.0.0.1', undefined, '10.0.0.1'],
    [1, '10.0.0.1', '', '10.0.0.1'],
    [1, '10.0.0.1', '192.0.2.1, unknown', '10.0.0.1'],
    [1, '10.0.0.1', '192.0.2.1:4711', '192.0.2.1'],
    [1, '10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    [1, '10.0.0.1', '2001:db8::1', '2001:db8::1'],
    [1, '10.0.0.1', 'x'.repeat(10_000), '10.0.0.1'],
  ])('behind %i proxies, from %s with %s, is %s', (hops, address, forwarded, expected) => {
    expect(addressOf(requestFrom(address, forwarded), hops)).toBe(expected);
  });
});

describe('whoever is counted as one', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['', ''],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::4', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b:1:2::192.0.2.1', '64:ff9b:1:2::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ])('at %s is %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });
});
