# Every library that Darkroom uses, by the room that may see it (docs/ARCHITECTURE.md, "Dependencies").
find_package(Threads REQUIRED)
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(PkgConfig REQUIRED)

# Asio without deprecated names, and Boost.JSON/URL as the libraries they come as.
add_library(darkroom_boost INTERFACE)
target_compile_definitions(darkroom_boost INTERFACE BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(darkroom_boost INTERFACE Boost::headers Boost::json Boost::url Threads::Threads)

function(darkroom_pkg target module)  # imported target over pkg-config, found when a room asks for it
  if(NOT TARGET PkgConfig::${target})
    pkg_check_modules(${target} REQUIRED IMPORTED_TARGET ${module})
    set_target_properties(PkgConfig::${target} PROPERTIES IMPORTED_GLOBAL ON)
  endif()
endfunction()

if(DARKROOM_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
