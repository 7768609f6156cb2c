import { defineConfig } from 'vite';

// One script and one style sheet with fixed names: the dashboard serves them, the report has them inlined.
export default defineConfig({
  base: './',
  build: {
    outDir: process.env.CONVSCOPE_WEB_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: { entryFileNames: 'app.js', assetFileNames: 'app[extname]', codeSplitting: false },
    },
  },
});
