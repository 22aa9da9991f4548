/** DICOM: data elements, pixel data and the rendering of grey values. */
@NullMarked
package io.github.llavamed.image.internal.dicom;

import org.jspecify.annotations.NullMarked;
