import './language.js'; // before whatever uses Intl
import './style.css';
import { frozenFeed } from './feeds/frozen.js';
import { liveFeed } from './feeds/live.js';
import { Page } from './page.js';

const frozen = document.getElementById('convscope-data');
const feed = frozen ? await frozenFeed(frozen.textContent) : liveFeed();
await new Page(feed, document.getElementById('app')).start();
