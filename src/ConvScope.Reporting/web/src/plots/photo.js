import { pack } from '../colours.js';
import { raster } from './raster.js';

const clamp = (value) => Math.max(0, Math.min(255, Math.round(value)));

/** Images of a tensor [M, C, H, W]: their number, size and pixels; `low` is black, `high` white, the tensor's extremes where nothing else is said. */
export function photos(images, low = images.summary.minimum, high = images.summary.maximum) {
  const [height, width] = images.shape.slice(-2);
  const channels = images.shape.length === 4 ? images.shape[1] : 1;
  const area = height * width;
  const level = (image, channel, at) => clamp((255 * (images.values[(image * channels + channel) * area + at] - low)) / (high - low || 1));
  return { width, height, area, parts: (image, at) => [0, 1, 2].map((part) => level(image, channels >= 3 ? part : 0, at)) };
}

/** One image as a small picture with a description. `colour` gives the packed colour of a pixel; without it the image itself is drawn. */
export function thumbnail(set, image, description, colour = (at) => pack(...set.parts(image, at))) {
  const picture = raster(set.width, set.height, (row, column) => colour(row * set.width + column));
  picture.className = 'thumbnail';
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', description);
  return picture;
}
