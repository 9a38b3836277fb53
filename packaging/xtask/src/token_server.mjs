// A private OAuth2 server: oidc-provider, which is certified. Its person is whom the page is opened for, and says yes to everything
// unless told otherwise. Arguments: where the package lies, the folder with the certificate, two ports, and for how many seconds an
// access token is good.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [modules, tls, port, tlsPort, life] = process.argv.slice(2);
const { Provider } = await import(`${modules}/oidc-provider/lib/index.js`);

const stored = new Map();
const switches = { down: false, refusing: false };

class Adapter {
  constructor(name) {
    this.name = name;
  }

  static gone(kind) {
    for (const key of stored.keys()) if (key.startsWith(`${kind} `)) stored.delete(key);
  }

  async upsert(id, payload, seconds) {
    stored.set(`${this.name} ${id}`, { payload, end: seconds ? Date.now() + seconds * 1000 : Infinity });
  }

  async find(id) {
    const found = stored.get(`${this.name} ${id}`);
    return found && Date.now() < found.end ? found.payload : undefined;
  }

  async findBy(field, value) {
    for (const [key, { payload }] of stored) if (key.startsWith(`${this.name} `) && payload[field] === value) return payload;
    return undefined;
  }

  async findByUid(uid) {
    return this.findBy('uid', uid);
  }

  async findByUserCode(code) {
    return this.findBy('userCode', code);
  }

  async consume(id) {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    stored.delete(`${this.name} ${id}`);
  }

  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of stored) if (payload.grantId === grantId) stored.delete(key);
  }
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: Adapter,
  clients: [
    {
      client_id: 'tamis',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: ['http://127.0.0.1/tamis'],
      response_types: ['code'],
    },
    {
      client_id: 'keeper',
      client_secret: 'a well kept secret',
      application_type: 'native',
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['http://127.0.0.1/tamis'],
      response_types: ['code'],
    },
    { client_id: 'dovecot', client_secret: 'sieve', grant_types: [], redirect_uris: [], response_types: [] },
  ],
  cookies: { keys: ['a private server'] },
  features: {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: async () => true,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  scopes: ['openid', 'offline_access', 'imap'],
  ttl: { AccessToken: Number(life), RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 600, DeviceCode: 600 },
});

async function interaction(req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (switches.refusing) return provider.interactionFinished(req, res, { error: 'access_denied' });
  if (prompt.name === 'login') {
    const accountId = (params.login_hint ?? 'robin').split('@')[0];
    return provider.interactionFinished(req, res, { login: { accountId } });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(' '));
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(req, res, { consent }, { mergeWithLastSubmission: true });
}

// What tests do to it.
const deeds = {
  '/test/end-access': () => Adapter.gone('AccessToken'),
  '/test/end-refresh': () => Adapter.gone('RefreshToken'),
  '/test/down': () => { switches.down = true; },
  '/test/up': () => { switches.down = false; },
  '/test/refuse': () => { switches.refusing = true; },
  '/test/allow': () => { switches.refusing = false; },
};

const asked = { '/token': 0 };
const others = provider.callback();

async function answer(req, res) {
  const path = req.url.split('?')[0];
  if (path in asked && req.method === 'POST') asked[path] += 1;
  if (path in deeds) {
    deeds[path]();
    res.end('done');
  } else if (path === '/test/tokens') {
    // Every token and code there is: what no file may hold.
    const words = [...stored.keys()].filter((key) => /^(AccessToken|RefreshToken|AuthorizationCode|DeviceCode) /.test(key));
    res.end(words.map((key) => key.split(' ')[1]).join('\n'));
  } else if (path === '/test/asked') {
    res.end(String(asked['/token']));
  } else if (switches.down && path === '/token') {
    res.statusCode = 503;
    res.end('out of order');
  } else if (path.startsWith('/interaction/')) {
    await interaction(req, res);
  } else {
    await others(req, res);
  }
}

const safely = (req, res) => answer(req, res).catch((error) => {
  console.error(error);
  res.statusCode = 500;
  res.end();
});
provider.on('server_error', (_, error) => console.error(error));
provider.on('grant.error', (_, error) => console.error(error.message, error.error_detail ?? ''));
provider.on('authorization.error', (_, error) => console.error(error.message, error.error_detail ?? ''));

const keys = { key: fs.readFileSync(`${tls}/server.key`), cert: fs.readFileSync(`${tls}/server.pem`) };
await new Promise((ready) => http.createServer(safely).listen(Number(port), '127.0.0.1', ready));
await new Promise((ready) => https.createServer(keys, safely).listen(Number(tlsPort), '127.0.0.1', ready));
process.stdout.on('error', () => {});
process.stdin.on('end', () => process.exit(0)).resume();
console.log('ready');
// Whoever started us reads no more than that.
console.log = console.info = console.warn = console.error;
