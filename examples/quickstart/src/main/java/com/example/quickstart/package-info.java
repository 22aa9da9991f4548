/** A stranger's project: one question about one image. */
package com.example.quickstart;
