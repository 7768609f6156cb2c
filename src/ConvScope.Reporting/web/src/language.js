// A headless browser under LANG=C calls its language "en-US@posix". Intl rejects that, and uPlot asks for it when it is loaded: without this the page stays empty.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
