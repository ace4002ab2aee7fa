// The one EXIF field that changes how a picture is shown.
#pragma once

#include <string_view>

namespace darkroom::imaging {

// The orientation, 1 to 8, out of a TIFF structure (what follows "Exif\0\0" in a JPEG; all of PNG's eXIf and WebP's
// EXIF chunk). 1 when it is absent or broken: a picture with damaged metadata is still a picture. Looks into the first
// directory alone and never past `tiff`.
int ExifOrientation(std::string_view tiff);

}  // namespace darkroom::imaging
