// Where metrics are served by themselves and where spans go: what may be said of it, and what is said to mistakes.

import { describe, expect, it } from 'vitest';
import { configOf, loadYaml, messagesOf } from './folder.ts';

const PROVIDERS = 'providers: { good: { kind: chatbotkit, secret: s, url: "http://127.0.0.1:1" } }';

describe('the sections metrics and telemetry', () => {
  it('may be left out', async () => {
    const { metrics, telemetry } = configOf(await loadYaml(PROVIDERS));

    expect([metrics, telemetry]).toEqual([undefined, undefined]);
  });

  it('hold what was said', async () => {
    const written = `${PROVIDERS}
metrics: { port: 9464, host: 0.0.0.0 }
telemetry: { traces: "http://collector:4318/v1/traces" }`;

    const { metrics, telemetry } = configOf(await loadYaml(written));

    expect(metrics).toEqual({ port: 9464, host: '0.0.0.0' });
    expect(telemetry).toEqual({ traces: 'http://collector:4318/v1/traces' });
  });

  it.each([
    ['http://elsewhere:4318', 'http://elsewhere:4318/v1/traces'],
    ['https://elsewhere/otlp/', 'https://elsewhere/otlp/v1/traces'],
  ])('give way to the variable OTEL_EXPORTER_OTLP_ENDPOINT=%s', async (said, traces) => {
    const written = `${PROVIDERS}\ntelemetry: { traces: "http://collector:4318/v1/traces" }`;

    const loaded = await loadYaml(written, { OTEL_EXPORTER_OTLP_ENDPOINT: said });

    expect(configOf(loaded).telemetry).toEqual({ traces });
  });

  it('have each mistake named, with the fix', async () => {
    const written = `${PROVIDERS}\nmetrics: { ports: 9464 }\ntelemetry: { traces: "http://u:p4ss-w0rd@collector/" }`;

    const messages = messagesOf(await loadYaml(written));

    expect(messages).toEqual([
      'metrics.ports is not a setting: write port instead, or remove it.',
      expect.stringMatching(/^metrics\.port is missing: /),
      'telemetry.traces must be the URL that spans are posted to, such as http://127.0.0.1:4318/v1/traces, without a query or a password.',
    ]);
    expect(messages.join('')).not.toContain('p4ss');
  });
});
