// One list of drawing steps, drawn on a canvas for the screen and as SVG for a file.

const FONT = 'system-ui, sans-serif';
const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Draws on a canvas of a size in CSS pixels. */
export class CanvasSurface {
  constructor(canvas, width, height) {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    [this.width, this.height] = [width, height];
    this.context = canvas.getContext('2d');
    this.context.scale(scale, scale);
  }

  rectangle(x, y, width, height, fill) {
    this.context.fillStyle = fill;
    this.context.fillRect(x, y, width, height);
  }

  frame(x, y, width, height, stroke, thickness = 1) {
    this.context.strokeStyle = stroke;
    this.context.lineWidth = thickness;
    this.context.strokeRect(x, y, width, height);
  }

  path(points, stroke, thickness = 1, dash = []) {
    const { context } = this;
    context.strokeStyle = stroke;
    context.lineWidth = thickness;
    context.setLineDash(dash);
    context.beginPath();
    let isDown = false;
    for (const point of points) {
      if (point === null) isDown = false;
      else if (isDown) context.lineTo(point[0], point[1]);
      else {
        context.moveTo(point[0], point[1]);
        isDown = true;
      }
    }
    context.stroke();
    context.setLineDash([]);
  }

  area(points, fill) {
    this.context.fillStyle = fill;
    this.context.beginPath();
    points.forEach(([x, y], index) => (index === 0 ? this.context.moveTo(x, y) : this.context.lineTo(x, y)));
    this.context.closePath();
    this.context.fill();
  }

  dot(x, y, radius, fill) {
    this.context.fillStyle = fill;
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 2 * Math.PI);
    this.context.fill();
  }

  text(text, x, y, fill, { align = 'left', size = 12, turned = false, bold = false } = {}) {
    const { context } = this;
    context.save();
    context.fillStyle = fill;
    context.font = `${bold ? '600 ' : ''}${size}px ${FONT}`;
    context.textAlign = align;
    context.textBaseline = 'middle';
    context.translate(x, y);
    if (turned) context.rotate(-Math.PI / 2);
    context.fillText(text, 0, 0);
    context.restore();
  }

  /** Pixels without smoothing; `picture` is a canvas with one pixel a cell. */
  picture(picture, x, y, width, height, isSmaller = false) {
    this.context.imageSmoothingEnabled = isSmaller; // cells below a pixel are mixed, none is dropped
    this.context.drawImage(picture, x, y, width, height);
  }
}

/** Writes the same steps as SVG. */
export class SvgSurface {
  #parts = [];

  constructor(width, height) {
    [this.width, this.height] = [width, height];
  }

  rectangle(x, y, width, height, fill) {
    this.#parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`);
  }

  frame(x, y, width, height, stroke, thickness = 1) {
    this.#parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="${stroke}" stroke-width="${thickness}"/>`);
  }

  path(points, stroke, thickness = 1, dash = []) {
    let isDown = false;
    const steps = points.map((point) => {
      if (point === null) isDown = false;
      else {
        const step = `${isDown ? 'L' : 'M'}${point[0].toFixed(2)} ${point[1].toFixed(2)}`;
        isDown = true;
        return step;
      }
      return '';
    });
    this.#parts.push(`<path d="${steps.join('')}" fill="none" stroke="${stroke}" stroke-width="${thickness}"${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''}/>`);
  }

  area(points, fill) {
    this.#parts.push(`<polygon points="${points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ')}" fill="${fill}"/>`);
  }

  dot(x, y, radius, fill) {
    this.#parts.push(`<circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${radius}" fill="${fill}"/>`);
  }

  text(text, x, y, fill, { align = 'left', size = 12, turned = false, bold = false } = {}) {
    const anchor = { left: 'start', center: 'middle', right: 'end' }[align];
    const place = turned ? `transform="translate(${x} ${y}) rotate(-90)"` : `x="${x}" y="${y}"`;
    this.#parts.push(`<text ${place} fill="${fill}" font-size="${size}"${bold ? ' font-weight="600"' : ''} text-anchor="${anchor}" dominant-baseline="central">${escape(text)}</text>`);
  }

  picture(picture, x, y, width, height) {
    this.#parts.push(`<image href="${picture.toDataURL('image/png')}" x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" style="image-rendering:pixelated"/>`);
  }

  toString() {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}" font-family="${FONT}">${this.#parts.join('')}</svg>`;
  }
}
