# cmake -DIN=file -DOUT=file.cc -DNAME=symbol -P embed.cmake: the bytes of IN as a C++ array.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "#include <cstddef>\nnamespace tickwire::internal {\n\
extern const unsigned char ${NAME}[] = {${bytes}};\n\
extern const std::size_t ${NAME}Size = sizeof ${NAME};\n}\n")
