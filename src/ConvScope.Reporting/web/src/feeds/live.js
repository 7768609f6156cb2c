/** The feed of a running dashboard: HTTP for data, server-sent events for what is new. */
export function liveFeed() {
  async function get(path, parameters = {}) {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== ''));
    const response = await fetch(query.size > 0 ? `api/${path}?${query}` : `api/${path}`);
    if (!response.ok) {
      const problem = await response.json().catch(() => null);
      throw new Error(problem?.detail ?? `The dashboard answered ${response.status}.`);
    }
    return response.json();
  }

  return {
    isLive: true,
    smoothings: null, // any
    runs: () => get('runs'),
    run: (id) => get(`runs/${id}`),
    series: (id, indices, points, { smoothing, from, to }) => get(`runs/${id}/series`, { of: indices.join(','), points, smoothing, from, to }),
    histograms: (id, index) => get(`runs/${id}/histograms`, { of: index }),
    tensor: async (id, kind, step, name) => withValues(await get(`runs/${id}/tensor`, { kind, step, name })),
    compare: async (first, second) => withMaps(await get('compare', pair(first, second))),
    select: async (first, second, region) => decodeFloats((await get('compare/selection', { ...pair(first, second), ...region })).shares),
    reportAddress: (id) => `api/runs/${id}/report.html`,
    subscribe,
  };
}

/** Listens for changes; connects again by itself when the server comes back. */
function subscribe(onChange, onConnection) {
  let source;
  function connect() {
    source = new EventSource('api/events');
    source.onopen = () => onConnection(true);
    source.onmessage = (message) => onChange(JSON.parse(message.data));
    source.onerror = () => {
      onConnection(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
    };
  }
  connect();
}

const pair = (first, second) => ({
  run1: first.run, kind1: first.kind, step1: first.step, name1: first.name, part1: first.part.join(','),
  run2: second.run, kind2: second.kind, step2: second.step, name2: second.name, part2: second.part.join(','),
});

/** Bytes from base64. */
export function decodeBytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** Little-endian 32-bit floats from base64. */
export const decodeFloats = (text) => new Float32Array(decodeBytes(text).buffer);

const withValues = (tensor) => ({ ...tensor, values: decodeFloats(tensor.values) });

function withMaps(comparison) {
  const { maps } = comparison;
  if (!maps) return comparison;
  const decoded = Object.fromEntries(['first', 'second', 'similarity', 'difference'].map((name) => [name, decodeFloats(maps[name])]));
  return { ...comparison, maps: { ...maps, ...decoded } };
}
